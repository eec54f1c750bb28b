// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.connections;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.votelog.infra.testing.RawConnection;
import io.votelog.infra.testing.RawConnection.Answer;
import io.votelog.web.limits.ClientAddress;
import io.votelog.web.limits.ForwardingHeader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** However many requests a client sends ahead, and however it ends: each that came whole is answered, in order, and no other one. */
final class EveryWholeRequestIsAnsweredTest {
    /** More than the sockets of both sides hold. */
    private static final String LARGE = "x".repeat(16 * 1024 * 1024);

    private static final Duration IDLE = Duration.ofSeconds(3);

    private static DisposableServer server;

    /** The sizes of the bodies that were read whole. */
    private static final List<Integer> READ = Collections.synchronizedList(new ArrayList<>());

    private static final Semaphore UNDER_WAY = new Semaphore(0);

    @BeforeAll
    static void start() {
        Patience patience = new Patience(Duration.ofSeconds(2), Duration.ofSeconds(6), IDLE);
        server = PublicPort.of(
                        HttpServer.create().host("127.0.0.1").port(0),
                        new ConnectionLimit(
                                1000, 0, new ClientAddress(List.of(), ForwardingHeader.X_FORWARDED_FOR, 64)),
                        patience,
                        headers -> headers.set("X-Safe", "yes"),
                        Optional.empty())
                .handle(EveryWholeRequestIsAnsweredTest::answer)
                .bindNow();
    }

    @AfterAll
    static void stop() {
        server.disposeNow();
    }

    @BeforeEach
    void forget() {
        READ.clear();
    }

    private static Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        return switch (request.uri()) {
            case "/small" -> response.sendString(Mono.just("small"));
            case "/large" -> response.sendString(Mono.just(LARGE));
            case "/read" ->
                request.receive().aggregate().asString().defaultIfEmpty("").flatMap(body -> {
                    READ.add(body.length());
                    return response.sendString(Mono.just(String.valueOf(body.length())))
                            .then();
                });
            case "/wait" -> response.sendString(until(request).thenReturn("over"));
            case "/deaf" -> response.status(413).send();
            case "/stream" ->
                request.method().equals(HttpMethod.HEAD)
                        ? response.header(HttpHeaderNames.CONTENT_TYPE, "text/event-stream")
                                .send()
                        : response.header(HttpHeaderNames.CONTENT_TYPE, "text/event-stream")
                                .sendString(Flux.concat(Mono.just("data: x\n\n"), Flux.never()));
            default -> response.sendNotFound();
        };
    }

    private static Mono<Void> until(HttpServerRequest request) {
        Channel[] channel = new Channel[1];
        request.withConnection(connection -> channel[0] = connection.channel());
        return InputOver.of(channel[0]).doOnSubscribe(begun -> UNDER_WAY.release());
    }

    @Test
    void shouldAnswerAllOfALargeBatch() {
        String body = "b".repeat(700);
        try (RawConnection http = RawConnection.to(server.port())) {
            CompletableFuture<Boolean> sent =
                    CompletableFuture.supplyAsync(() -> http.send(read(body).repeat(1_000)));
            for (int i = 0; i < 1_000; i++) {
                assertThat(http.next().map(Answer::text)).as("answer " + i).hasValue("700");
            }
            assertThat(sent.join()).isTrue();
            http.send(get("/small"));
            assertThat(http.next().map(Answer::text)).hasValue("small");
        }
    }

    @Test
    void shouldReadNoMoreWhileMuchWaits() {
        // The large body waits behind a request that is not answered, and is read when its turn has come.
        int size = 40 * 1024 * 1024;
        try (RawConnection http = RawConnection.to(server.port())) {
            http.send(get("/large"));
            CompletableFuture<Boolean> sent =
                    CompletableFuture.supplyAsync(() -> http.send(read("c".repeat(size)) + get("/small")));
            assertThat(sent).isNotDone();
            assertThat(http.next().orElseThrow().body()).hasSize(LARGE.length());
            assertThat(http.next().map(Answer::text)).hasValue(String.valueOf(size));
            assertThat(http.next().map(Answer::text)).hasValue("small");
            assertThat(sent.join()).isTrue();
        }
    }

    @Test
    void shouldAnswerASlowReaderWhole() {
        try (RawConnection http = RawConnection.to(server.port())) {
            http.send(get("/large") + get("/large") + get("/small"));
            assertThat(http.end().untilClosed())
                    .extracting(answer -> answer.body().length)
                    .containsExactly(LARGE.length(), LARGE.length(), 5);
        }
    }

    @Test
    void shouldRefuseWhatIsTooFarAhead() {
        try (RawConnection http = RawConnection.to(server.port())) {
            // In one piece, behind one that has no answer before the client has said all.
            http.send(get("/wait") + get("/small").repeat(400));
            List<Answer> answers = http.end().untilClosed();
            assertThat(answers).hasSize(1 + RequestQueue.MAX_WAITING + 1);
            Answer last = answers.remove(answers.size() - 1);
            assertThat(answers).extracting(Answer::status).containsOnly(200);
            assertThat(answers).noneMatch(answer -> answer.header("Connection").isPresent());
            assertThat(last.status()).isEqualTo(429);
            assertThat(last.text()).contains("too-many-requests");
            assertThat(last.headers()).containsKeys("retry-after", "x-safe").containsEntry("connection", "close");
        }
    }

    @Test
    void shouldCutOffWhoTakesNoAnswers() {
        try (RawConnection http = RawConnection.to(server.port())) {
            long begun = System.nanoTime();
            while (http.send(get("/large") + read("d".repeat(100_000)))) {}
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(IDLE, IDLE.multipliedBy(5));
        }
    }

    @Test
    void shouldRefuseWhatBreaksOffBehindOthers() {
        String whole = read("e".repeat(100));
        for (String broken : List.of(
                whole.substring(0, whole.length() - 3),
                "POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "GET /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nxxxxxxxx",
                "GET /small HTTP/1.1\r\nHo")) {
            for (int ahead = 1; ahead < 4; ahead++) {
                READ.clear();
                try (RawConnection http = RawConnection.to(server.port())) {
                    http.send(get("/wait") + whole.repeat(ahead - 1) + broken);
                    List<Answer> answers = http.end().untilClosed();
                    assertThat(answers).hasSize(ahead + 1);
                    Answer last = answers.remove(ahead);
                    assertThat(answers).allSatisfy(answer -> {
                        assertThat(answer.status()).isEqualTo(200);
                        assertThat(answer.header("Connection")).isEmpty();
                    });
                    assertThat(last.status()).as(broken).isEqualTo(400);
                    assertThat(last.text()).contains("malformed-request");
                    assertThat(last.header("Connection")).hasValue("close");
                }
                assertThat(READ).hasSize(ahead - 1);
            }
        }
    }

    @Test
    void shouldRefuseWhatStopsBehindOthers() {
        try (RawConnection http = RawConnection.to(server.port())) {
            String whole = read("f".repeat(100));
            http.send(get("/wait") + get("/small") + whole.substring(0, whole.length() - 3));
            // Only when the client has said that no more comes are the earlier ones answered.
            CompletableFuture<List<Answer>> answers = CompletableFuture.supplyAsync(http::untilClosed);
            CompletableFuture.runAsync(http::end, CompletableFuture.delayedExecutor(4, TimeUnit.SECONDS))
                    .join();
            assertThat(answers.join()).extracting(Answer::status).containsExactly(200, 200, 408);
        }
    }

    @Test
    void shouldGiveAnEarlyAnswerToWhoIsStillSending() {
        try (RawConnection http = RawConnection.to(server.port())) {
            http.send(get("/small")
                    + "POST /deaf HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\nConnection: close\r\n\r\n");
            http.send("x".repeat(100_000));
            assertThat(http.untilClosed()).extracting(Answer::status).containsExactly(200, 413);
        }
    }

    @Test
    void shouldShowAReaderThatHasGoneTheHeadAlone() {
        try (RawConnection http = RawConnection.to(server.port())) {
            http.send(get("/small") + get("/stream"));
            http.end();
            assertThat(http.next().map(Answer::text)).hasValue("small");
            assertThat(http.restAsText()).startsWith("HTTP/1.1 200").contains("text/event-stream");
        }
        try (RawConnection http = RawConnection.to(server.port())) {
            http.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n" + get("/small"));
            http.end();
            assertThat(http.next(true).map(Answer::status)).hasValue(200);
            assertThat(http.next().map(Answer::text)).hasValue("small");
            assertThat(http.next()).isEmpty();
        }
    }

    @Test
    void shouldTellThoseWhoWaitForAClientThatHasGone() throws InterruptedException {
        UNDER_WAY.drainPermits();
        List<RawConnection> clients = IntStream.range(0, 50)
                .mapToObj(i -> RawConnection.to(server.port()))
                .toList();
        clients.forEach(http -> http.send(get("/wait")));
        assertThat(UNDER_WAY.tryAcquire(50, 20, TimeUnit.SECONDS)).isTrue();
        clients.forEach(http -> {
            assertThat(http.end().untilClosed()).extracting(Answer::text).containsExactly("over");
            http.close();
        });
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    private static String read(String body) {
        return "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.getBytes(StandardCharsets.ISO_8859_1).length
                + "\r\n\r\n" + body;
    }
}
