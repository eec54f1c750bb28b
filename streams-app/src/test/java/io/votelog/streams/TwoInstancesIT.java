// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.RawConnection;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithKafka(freshTopics = true)
@WholeSystem
final class TwoInstancesIT {
    /** Two reads of the log for a client, and then none for a while. */
    private static final String[] SHARE = {
        "--votelog.receipts.log-reads.rate=0.001", "--votelog.receipts.log-reads.burst=2"
    };

    @Test
    void shouldAnswerAtEitherOfTwoAndAtTheOneThatIsLeft(
            KafkaBroker broker, @TempDir Path oneState, @TempDir Path otherState) {
        AtomicReference<ChildJvm> process = new AtomicReference<>();
        try (LogWriter log = new LogWriter(broker.bootstrapServers());
                RunningApp one = RunningApp.start(broker.bootstrapServers(), "two-it", oneState, SHARE);
                RunningApp other =
                        RunningApp.startChild(broker.bootstrapServers(), "two-it", otherState, process::set, SHARE)) {
            log.publishOpen("shared");
            List<LogWriter.Written> votes = new ArrayList<>();
            for (int partition = 0; partition < LogWriter.PARTITIONS; partition++) {
                votes.add(log.vote("shared", log.voterOf(partition), log.voteId(), "a1", "b1"));
            }
            ResultsIT.awaitReceived(one, "shared", votes.size());
            ResultsIT.awaitReceived(other, "shared", votes.size());
            assertThat(ResultsIT.awaitTurnout(one, "shared", votes.size()))
                    .isEqualTo(ResultsIT.awaitTurnout(other, "shared", votes.size()));

            int forwarded = 0;
            for (LogWriter.Written vote : votes) {
                String path = vote.receiptPath("shared");
                HttpResponse<String> fromOne = awaitOk(one, path);
                HttpResponse<String> fromOther = awaitOk(other, path);
                assertThat(fromOne.body()).contains("\"accepted\"").isEqualTo(fromOther.body());
                assertThat(fromOther.headers().allValues("Cache-Control")).containsExactly("no-store");
                String voter = "/v1/ballots/shared/voters/" + vote.voter();
                assertThat(awaitOk(one, voter).body())
                        .isEqualTo(awaitOk(other, voter).body());
                // A request that was forwarded once is not forwarded again.
                int atOne = one.get(path, "Votelog-Forwarded", "1").statusCode();
                int atOther = other.get(path, "Votelog-Forwarded", "1").statusCode();
                assertThat(List.of(atOne, atOther)).containsExactlyInAnyOrder(200, 503);
                forwarded += atOne == 503 ? 1 : 0;
            }
            assertThat(forwarded).isBetween(1, LogWriter.PARTITIONS - 1);
            assertCountsForItsClient(log, one, other);
            assertThat(RunningApp.CONTRACT.seen()).contains("problem moving");

            Objects.requireNonNull(process.get()).kill();
            for (LogWriter.Written vote : votes) {
                assertThat(awaitOk(one, vote.receiptPath("shared")).body()).contains("\"accepted\"");
            }
        }
    }

    /**
     * Asserts that a client's share of log reads is counted for the client at the other instance too. Here both instances and
     * all clients have one host, so addresses tell nobody apart: still the share is used up for this client alone, and a
     * stranger that names an address is not believed.
     */
    private static void assertCountsForItsClient(LogWriter log, RunningApp one, RunningApp other) {
        List<Pseudonym> elsewhere = new ArrayList<>();
        for (int partition = 0; partition < LogWriter.PARTITIONS; partition++) {
            Pseudonym voter = log.voterOf(partition);
            String path = "/v1/ballots/shared/voters/" + voter;
            if (one.get(path, "Votelog-Forwarded", "1").statusCode() == 503) {
                elsewhere.add(voter);
            }
        }
        Pseudonym voter = elsewhere.get(0);
        double unproven = other.metric("votelog_instances_unproven_total")
                .values()
                .iterator()
                .next();
        assertThat(invented(one, "127.0.4.1", voter, "")).isEqualTo(404);
        assertThat(invented(one, "127.0.4.1", voter, "")).isEqualTo(404);
        assertThat(invented(one, "127.0.4.1", voter, "")).isEqualTo(429);
        assertThat(invented(one, "127.0.4.2", voter, "")).isEqualTo(404);
        assertThat(other.metric("votelog_instances_unproven_total")).containsValue(unproven);
        // The client has used up its share at the other instance too, and a header makes nobody another client.
        String claims = "Votelog-Forwarded: 1\r\nX-Forwarded-For: 127.0.4.3\r\nVotelog-Client: 127.0.4.3 x y\r\n";
        assertThat(invented(other, "127.0.4.1", voter, claims)).isEqualTo(429);
        assertThat(other.metric("votelog_instances_unproven_total")).containsValue(unproven + 1);
    }

    /** Asks for what only the log has: whether there is an attempt before the ballot's beginning. */
    private static int invented(RunningApp app, String client, Pseudonym voter, String headers) {
        try (RawConnection http = RawConnection.from(client, app.port())) {
            http.send("GET /v1/ballots/shared/receipts/%s?offset=0 HTTP/1.1\r\nHost: a\r\n%s\r\n"
                    .formatted(new Receipt(voter, UUID.randomUUID()), headers));
            return http.next().orElseThrow().status();
        }
    }

    @Test
    void shouldSayThatTwoInstancesHaveOneAddress(KafkaBroker broker, @TempDir Path oneState, @TempDir Path otherState) {
        String address = "--votelog.streams.advertised=localhost:1";
        try (LogWriter log = new LogWriter(broker.bootstrapServers());
                RunningApp one = RunningApp.start(broker.bootstrapServers(), "same-it", oneState, address);
                RunningApp other =
                        RunningApp.startChild(broker.bootstrapServers(), "same-it", otherState, child -> {}, address)) {
            log.publishOpen("same");
            List<LogWriter.Written> votes = new ArrayList<>();
            for (int partition = 0; partition < LogWriter.PARTITIONS; partition++) {
                votes.add(log.vote("same", log.voterOf(partition), log.voteId(), "a1", "b1"));
            }
            for (RunningApp app : List.of(one, other)) {
                ResultsIT.awaitReceived(app, "same", votes.size());
                await("a word on it").atMost(Duration.ofSeconds(60)).until(() -> app.management(
                                "/actuator/health/readiness")
                        .body()
                        .contains("another instance that counts advertises localhost:1 too"));
                assertThat(app.metric("votelog_address_contested")).containsValue(1.0);
            }
            for (LogWriter.Written vote : votes) {
                List<HttpResponse<String>> answers =
                        List.of(one.get(vote.receiptPath("same")), other.get(vote.receiptPath("same")));
                assertThat(answers).extracting(HttpResponse::statusCode).containsExactlyInAnyOrder(200, 503);
                assertThat(answers)
                        .filteredOn(answer -> answer.statusCode() == 503)
                        .allSatisfy(answer -> assertThat(answer.body()).contains("urn:votelog:problem:shared-address"));
            }
            assertThat(RunningApp.CONTRACT.seen()).contains("problem shared-address");
        }
    }

    private static HttpResponse<String> awaitOk(RunningApp app, String path) {
        return await(path)
                .atMost(Duration.ofSeconds(30))
                .until(() -> app.get(path, "Prefer", "wait=5"), response -> response.statusCode() == 200);
    }
}
