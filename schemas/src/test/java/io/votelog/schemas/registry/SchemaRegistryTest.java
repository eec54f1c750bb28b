// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.votelog.schemas.Events;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.avro.SchemaNormalization;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is asked of a registry, and what becomes of answers that a good one never gives. A real registry answers in {@code RegistryModeIT} of
 * infra/local.
 */
class SchemaRegistryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final JsonMapper JSON = new JsonMapper();
    private static final Topic TOPIC = Topics.DECISIONS;
    private static final String SUBJECT = "votelog.decisions.v1-io.votelog.events.VoteDecided";
    private static final String VERSIONS = "/subjects/" + SUBJECT + "/versions";
    private static final String OURS = Events.schema("VoteDecided").toString();
    private static final String FOREIGN = Events.schema("VoteCast").toString();

    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private HttpServer server;
    private ExecutorService threads;

    /** How the server answers at a path. */
    private interface Answer {
        void to(HttpExchange exchange) throws IOException, InterruptedException;
    }

    @BeforeEach
    void start() throws IOException {
        threads = Executors.newCachedThreadPool();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            try {
                answers.getOrDefault(
                                exchange.getRequestURI().getPath(),
                                json(404, "{\"error_code\":40401,\"message\":\"not here\"}"))
                        .to(exchange);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                exchange.close();
            }
        });
        server.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        threads.shutdownNow();
        server.stop(0);
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shouldFindTheIdOfTheVersionThatIsWritten() {
        answers.put(VERSIONS, json(200, "[1,3,2]"));
        answers.put(VERSIONS + "/1", version(11, FOREIGN));
        answers.put(VERSIONS + "/2", version(0x01020304, OURS));
        answers.put(VERSIONS + "/3", version(13, "no schema at all"));
        answers.put("/schemas/ids/" + 0x01020304, version(null, OURS));

        SchemaIds ids = registry(PATIENCE).idsOf(List.of(TOPIC));

        byte[] event = new byte[10 + 1];
        byte[] header = decided();
        System.arraycopy(header, 0, event, 0, 10);
        assertThat(ids.serializer().serialize(TOPIC.name(), new RecordHeaders(), event))
                .startsWith(0, 1, 2, 3, 4);
        // Newest first, and no more than needed; nothing is written.
        assertThat(asked)
                .containsExactly(
                        "GET " + VERSIONS,
                        "GET " + VERSIONS + "/3",
                        "GET " + VERSIONS + "/2",
                        "GET /schemas/ids/" + 0x01020304);
    }

    @Test
    void shouldSayWhatIsMissingAndHowItIsRegistered() {
        assertRefused(
                "the schema registry at " + url() + " was asked for VoteDecided (fingerprint ",
                ") under the subject " + SUBJECT + ", and does not have it: register it with schemas/register.py"
                        + " --registry " + url());
        answers.put(VERSIONS, json(200, "[1]"));
        answers.put(VERSIONS + "/1", version(7, FOREIGN));
        assertRefused("and does not have it");
    }

    @Test
    void shouldBelieveNoIdThatIsAnotherSchema() {
        answers.put(VERSIONS, json(200, "[1]"));
        answers.put(VERSIONS + "/1", version(7, OURS));
        answers.put("/schemas/ids/7", version(null, FOREIGN));
        assertRefused("its id 7 is not that schema");
        answers.remove("/schemas/ids/7");
        assertRefused("its id 7 is not that schema");
    }

    @Test
    void shouldRefuseWhatNoRegistryAnswers() {
        for (String body : List.of("", "<html>", "[", "{}", "7", "[\"1\"]", "[-1]", "[1.5]", "[4294967296]", "null")) {
            answers.put(VERSIONS, json(200, body));
            assertRefused("and it answered ");
        }
        answers.put(VERSIONS, json(200, "[1]"));
        for (String id : List.of("null", "\"7\"", "-7", "4294967296", "{}")) {
            answers.put(
                    VERSIONS + "/1",
                    json(200, "{\"id\":%s,\"schema\":%s}".formatted(id, JSON.writeValueAsString(OURS))));
            assertRefused("and it answered a version without an id");
        }
        answers.put(VERSIONS, json(500, "{\"error_code\":50001}"));
        assertRefused("and it answered 500");
        answers.put(VERSIONS, json(404, "{\"message\":\"Not Found\"}"));
        assertRefused("and it answered 404: is its path right?");
        answers.put(VERSIONS, exchange -> {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(302, -1);
        });
        assertRefused("and it answered 302");
    }

    @Test
    void shouldBoundEachAnswer() {
        answers.put(VERSIONS, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                byte[] digits = "1".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
                for (int written = 0; written < 1 << 28; written += digits.length) {
                    body.write(digits);
                }
            }
        });
        assertRefused("and it answered more than 1048576 bytes");
        answers.put(VERSIONS, json(200, "[1]"));
        answers.put(VERSIONS + "/1", version(7, "[".repeat(100_000)));
        assertRefused("and does not have it");
    }

    /** Whether nothing comes, or a byte now and then. */
    @Test
    void shouldBoundTheTimeOfAll() {
        answers.put(VERSIONS, exchange -> Thread.sleep(60_000));
        assertSlow();
        answers.put(VERSIONS, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                for (int n = 0; n < 600; n++) {
                    body.write('1');
                    body.flush();
                    Thread.sleep(100);
                }
            }
        });
        assertSlow();
    }

    private void assertSlow() {
        Instant begun = Instant.now();
        assertThatThrownBy(() -> registry(Duration.ofMillis(700)).idsOf(List.of(TOPIC)))
                .isInstanceOf(UnfitRegistryException.class)
                .hasMessageContaining(url())
                .hasMessageMatching(".*did not answer (whole within 700 ms|in time)");
        assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void shouldSayThatNobodyIsThere() {
        int port = server.getAddress().getPort();
        server.stop(0);
        assertRefused("the schema registry at http://127.0.0.1:%d was asked".formatted(port), "and nobody takes the");
    }

    private void assertRefused(String... parts) {
        assertThatThrownBy(() -> registry(PATIENCE).idsOf(List.of(TOPIC)))
                .isInstanceOf(UnfitRegistryException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContainingAny("\n");
    }

    private SchemaRegistry registry(Duration patience) {
        return new SchemaRegistry(URI.create(url()), patience);
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What the single-object encoding of a verdict begins with. */
    private static byte[] decided() {
        return ByteBuffer.allocate(10)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0xC3)
                .put((byte) 1)
                .putLong(SchemaNormalization.parsingFingerprint64(Events.schema("VoteDecided")))
                .array();
    }

    private static Answer version(@Nullable Integer id, String schema) {
        var json = JSON.createObjectNode().put("schema", schema);
        if (id != null) {
            json.put("id", id);
        }
        return json(200, json.toString());
    }

    private static Answer json(int status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return exchange -> {
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                exchange.getResponseBody().write(bytes);
            }
        };
    }
}
