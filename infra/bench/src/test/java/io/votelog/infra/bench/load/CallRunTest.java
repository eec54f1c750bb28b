// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.votelog.infra.bench.doors.Flood;
import io.votelog.infra.bench.doors.Gains;
import io.votelog.infra.bench.doors.Hoard;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallRunTest {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final LoadGenerator generator = new LoadGenerator();

    @AfterEach
    void close() {
        generator.close();
    }

    private static HonestCall call(URI server, double rate, int connections, boolean stream) {
        // The tiny server reads a body's length of every request.
        return new HonestCall(
                "call",
                server,
                rate,
                connections,
                stream,
                PlainRequests.gets(server, List.of("/"), "Content-Length: 0"),
                HonestCall.Seen.IGNORED);
    }

    private CallReport run(HonestCall call, Duration length) throws Exception {
        try (CallRun run = new CallRun(call, generator, 0, PATIENCE)) {
            run.open();
            return run.run(length).get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldChargeAStalledServerWithEveryCallThatItKeptWaiting() throws Exception {
        AtomicLong firstNs = new AtomicLong();
        try (TinyServer server = new TinyServer(head -> {
            firstNs.compareAndSet(0, System.nanoTime());
            long leftNs = 1_000_000_000L - (System.nanoTime() - firstNs.get());
            if (leftNs > 0) {
                // A stall is what is tested here, not something to be waited for.
                new CountDownLatch(1).await(leftNs, TimeUnit.NANOSECONDS);
            }
            return TinyServer.response(200, "{}");
        })) {
            CallReport report = run(call(server.url(), 100, 2, false), Duration.ofMillis(1_500));

            assertThat(report.calls()).isEqualTo(150);
            assertThat(report.failed()).isZero();
            // 100 calls were due in the stall; those of its first half waited for half a second and more.
            assertThat(report.latency().getCountBetweenValues(500_000, PATIENCE.toNanos() / 1_000))
                    .isBetween(40L, 60L);
        }
    }

    @Test
    void shouldCountEachKindOfFailure() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (TinyServer server = new TinyServer(head -> switch (asked.getAndIncrement() % 4) {
            case 0 -> TinyServer.response(200, "{}");
            case 1 -> TinyServer.response(429, "{}");
            case 2 -> null;
            default -> {
                new CountDownLatch(1).await(3 * PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
                yield null;
            }
        })) {
            CallReport report = run(call(server.url(), 20, 0, false), Duration.ofSeconds(1));

            assertThat(report.calls()).isEqualTo(20);
            assertThat(report.failures()).isEqualTo(Map.of("429", 5L, CallRun.CUT_OFF, 5L, CallRun.NO_ANSWER, 5L));
            assertThat(report.latency().getTotalCount())
                    .as("those answered 200, and those given up")
                    .isEqualTo(10);
            assertThat(report.latency().getMaxValue()).isGreaterThanOrEqualTo(PATIENCE.toNanos() / 1_000);
            assertThat(report.failedShare()).isEqualTo("75.0 % (429, cut off, no answer)");
        }
    }

    @Test
    void shouldCountNewcomersWhoAreRefused() throws Exception {
        URI nobody;
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
        CallReport report = run(call(nobody, 20, 0, false), Duration.ofMillis(500));
        assertThat(report.failures()).isEqualTo(Map.of(CallRun.REFUSED, 10L));
        assertThat(report.percentiles()).isEqualTo("none");
    }

    @Test
    void shouldWaitForAStreamsFirstEvent() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (TinyServer server = new TinyServer(head -> asked.getAndIncrement() % 2 == 0
                ? TinyServer.response(200, "id: 5\ndata: {}\n\n")
                : TinyServer.response(503, "data:"))) {
            CallReport report = run(call(server.url(), 20, 0, true), Duration.ofMillis(500));
            assertThat(report.calls()).isEqualTo(10);
            assertThat(report.failures()).isEqualTo(Map.of("503", 5L));
        }
    }

    @Test
    void shouldFindAnEventHoweverTheStreamIsCut() {
        byte[] stream = "HTTP/1.1 200 OK\r\nx-data: data:\r\n\r\n: hello\n\nid: 1\ndata: {\"version\":1}\n\n"
                .getBytes(StandardCharsets.US_ASCII);
        int event = new String(stream, StandardCharsets.US_ASCII).lastIndexOf("data:") + "data:".length();
        for (int size : new int[] {1, 2, 3, 7, stream.length}) {
            EventStart start = new EventStart();
            int at = 0;
            while (!start.decided()) {
                ByteBuf part = Unpooled.wrappedBuffer(stream, at, Math.min(size, stream.length - at));
                at += part.readableBytes();
                start.take(part);
            }
            assertThat(at).as("in parts of %d", size).isBetween(event, Math.max(stream.length, event + size));
            assertThat(at - size).isLessThan(event);
            assertThat(start.status()).isEqualTo(200);
        }
    }

    @Test
    void shouldFloodFromOneAddressAndCountWhatItGets() throws Exception {
        Set<String> heads = ConcurrentHashMap.newKeySet();
        AtomicInteger asked = new AtomicInteger();
        try (TinyServer server = new TinyServer(head -> {
            heads.add(head);
            return TinyServer.response(asked.getAndIncrement() % 2 == 0 ? 200 : 429, "{}");
        })) {
            Gains gains = new Gains();
            try (Flood flood = new Flood(
                    generator,
                    server.url(),
                    3,
                    PlainRequests.gets(server.url(), List.of("/a", "/b"), "Content-Length: 0"),
                    gains)) {
                flood.begin();
                org.awaitility.Awaitility.await().until(() -> gains.of("200") > 50 && gains.of("429") > 50);
            }
            assertThat(heads).hasSize(2);
            assertThat(gains.aSecond(Duration.ofSeconds(1))).contains("200: ").contains("429: ");
        }
    }

    @Test
    void shouldHoldWhatIsGivenAndTryAgainWhereItIsRefused() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (TinyServer server = new TinyServer(head -> switch (Math.min(asked.getAndIncrement(), 20)) {
            case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 -> TinyServer.response(404, "{}");
            case 10, 11, 12, 13, 14 -> TinyServer.response(503, "{}");
            default -> null;
        })) {
            Gains gains = new Gains();
            try (Hoard hoard = new Hoard(
                    generator,
                    server.url(),
                    12,
                    true,
                    PlainRequests.gets(server.url(), List.of("/"), "Content-Length: 0"),
                    gains)) {
                hoard.begin(PATIENCE);
                org.awaitility.Awaitility.await().until(() -> gains.of(CallRun.CUT_OFF) > 3);
                assertThat(hoard.held()).isEqualTo(10);
                assertThat(gains.of("404")).isEqualTo(10);
                assertThat(gains.of("503")).isEqualTo(5);
            }
        }
    }
}
