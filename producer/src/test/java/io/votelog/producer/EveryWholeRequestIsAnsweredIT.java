// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.producer.RawHttp.Answer;
import io.votelog.web.connections.ConnectionLimit;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each request that came whole gets its answer, in order, whichever side asks for the connection's end, and whenever. */
@WithKafka(freshTopics = true)
class EveryWholeRequestIsAnsweredIT {
    private static Gateway gateway;
    private static String voter;
    private static String station;

    @BeforeAll
    static void start(KafkaBroker broker) {
        gateway = Gateway.start(
                broker.bootstrapServers(),
                "--votelog.limits.votes.every=0",
                "--votelog.limits.user.rate=0",
                "--votelog.limits.address.rate=0");
        gateway.publishOpen("whole");
        voter = gateway.token("alice", "");
        station = gateway.token("station", "votes:submit");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @AfterEach
    void shouldLeaveNoConnectionBehind() {
        await().untilAsserted(
                        () -> assertThat(gateway.part(ConnectionLimit.class).open())
                                .as("besides that of the client that made the tokens")
                                .isLessThanOrEqualTo(1));
    }

    @Test
    void shouldAnswerAClientThatSaysItSendsNothingMore() {
        for (RawRequest request : List.of(vote(), batch(), list())) {
            assertThat(answersToHalfClosed(request.bytes())).containsExactly(status(request));
        }
        assertThat(answersToHalfClosed(vote().bytes(), list().bytes(), batch().bytes(), vote().bytes()))
                .containsExactly(202, 200, 200, 202);
    }

    @Test
    void shouldTellALateHalfCloserToo() {
        // The answer has come already, and the connection is idle.
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            http.send(vote().bytes());
            assertThat(http.answer().status()).isEqualTo(202);
            http.end();
            assertThat(http.next()).isEmpty();
        }
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            http.end();
            assertThat(http.next()).isEmpty();
        }
    }

    @Test
    void shouldRefuseWhatIsCutOffInTheMiddle() {
        byte[] whole = vote().bytes();
        assertThat(answersToHalfClosed(Arrays.copyOf(whole, whole.length - 3))).containsExactly(400);
        assertThat(answersToHalfClosed(vote().chunked("19\r\n{\"choices\"").bytes()))
                .containsExactly(400);
        assertThat(answersToHalfClosed(Arrays.copyOf(whole, 60))).containsExactly(400);
        // There is no request before the request line is whole.
        assertThat(answersToHalfClosed(Arrays.copyOf(whole, 20))).isEmpty();
        for (int length : List.of(60, whole.length - 3)) {
            List<Answer> answers = answers(true, vote().bytes(), vote().bytes(), Arrays.copyOf(whole, length));
            assertThat(answers).extracting(Answer::status).containsExactly(202, 202, 400);
            assertThat(answers)
                    .extracting(answer -> answer.header("Connection").orElse(""))
                    .containsExactly("", "", "close");
        }
    }

    @Test
    void shouldAnswerAllBeforeTheConnectionThatTheLastOneWantsClosed() {
        for (int ahead = 0; ahead < 4; ahead++) {
            for (RawRequest last : List.of(
                    vote().header("Connection: close"),
                    list().header("Connection: close"),
                    batch().header("Connection: close"),
                    vote().version("HTTP/1.0"),
                    list().version("HTTP/1.0"))) {
                List<byte[]> sent = new ArrayList<>();
                List<Integer> expected = new ArrayList<>();
                for (int i = 0; i < ahead; i++) {
                    RawRequest before = List.of(vote(), list(), batch()).get(i % 3);
                    sent.add(before.bytes());
                    expected.add(status(before));
                }
                sent.add(last.bytes());
                expected.add(status(last));
                List<Answer> answers = answers(false, sent.toArray(byte[][]::new));
                assertThat(answers)
                        .extracting(Answer::status)
                        .as(ahead + " ahead")
                        .isEqualTo(expected);
                for (int i = 0; i < answers.size(); i++) {
                    // An answer to an HTTP/1.0 client says by its version that the connection ends.
                    assertThat(answers.get(i)
                                    .header("Connection")
                                    .filter("close"::equalsIgnoreCase)
                                    .isPresent())
                            .as("answer " + i + " of " + answers.size())
                            .isEqualTo(i == answers.size() - 1 && last.isOfVersion("HTTP/1.1"));
                }
            }
        }
    }

    @Test
    void shouldReadNothingBehindTheLastOne() {
        for (RawRequest last : List.of(
                vote().header("Connection: close"), vote().version("HTTP/1.0"), list().header("Connection: close"))) {
            assertThat(answers(false, vote().bytes(), last.bytes(), vote().bytes(), list().bytes()))
                    .extracting(Answer::status)
                    .containsExactly(202, status(last));
            assertThat(answers(false, last.bytes(), vote().bytes(), list().bytes()))
                    .extracting(Answer::status)
                    .containsExactly(status(last));
        }
    }

    @Test
    void shouldCloseBehindAnAnswerThatDidNotWaitForTheBody() {
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            http.send(vote().body("")
                    .framing("Content-Length: 1000000")
                    .header("Connection: close")
                    .bytes());
            Answer answer = http.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(http.next()).isEmpty();
        }
    }

    @Test
    void shouldNotPassABrokenBatchForWhole() {
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            http.send(RawRequest.batch("whole", station, "")
                    .chunked("ffff\r\n" + RawRequest.line("w", UUID.randomUUID()) + "\n")
                    .bytes());
            http.end();
            assertThatThrownBy(http::untilClosed).isInstanceOf(RawHttp.BrokenOffException.class);
        }
    }

    /** A batch breaks off by its end, or by what is no chunk. The votes of its lines are in the log, and their sender hears of them. */
    @Test
    void shouldTellOfTheLinesThatCameWholeBeforeABatchBrokeOff() {
        String whole =
                RawRequest.line("w1", UUID.randomUUID()) + "\n" + RawRequest.line("w2", UUID.randomUUID()) + "\n";
        String cut = RawRequest.line("w3", UUID.randomUUID());
        for (String sent : List.of(whole, whole + cut.substring(0, cut.length() - 9), whole + cut)) {
            String chunk = "%x\r\n%s\r\n".formatted(sent.length(), sent);
            for (String chunks : List.of(chunk, chunk + "zz\r\n", "ffff\r\n" + sent)) {
                try (RawHttp http = RawHttp.to(gateway.at("/"))) {
                    http.send(RawRequest.batch("whole", station, "")
                            .chunked(chunks)
                            .bytes());
                    http.end();
                    String answer = new String(http.rest(), StandardCharsets.UTF_8);
                    assertThat(answer).as(chunks).startsWith("HTTP/1.1 200").doesNotContain("\r\n0\r\n");
                    assertThat(answer.lines().filter(line -> line.startsWith("{\"line\":")))
                            .as(chunks)
                            .hasSize(2)
                            .allSatisfy(line -> assertThat(line).contains("\"status\":202"));
                }
            }
        }
    }

    private static int status(RawRequest request) {
        return request.path().endsWith("/votes") ? 202 : 200;
    }

    private static List<Integer> answersToHalfClosed(byte[]... requests) {
        return answers(true, requests).stream().map(Answer::status).toList();
    }

    private static List<Answer> answers(boolean halfClosed, byte[]... requests) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] request : requests) {
            all.writeBytes(request);
        }
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            http.send(all.toByteArray());
            if (halfClosed) {
                http.end();
            }
            return http.untilClosed();
        }
    }

    private static RawRequest vote() {
        return RawRequest.vote("whole", voter, UUID.randomUUID());
    }

    private static RawRequest batch() {
        return RawRequest.batch("whole", station, RawRequest.line("b", UUID.randomUUID()));
    }

    private static RawRequest list() {
        return RawRequest.get("/v1/ballots");
    }
}
