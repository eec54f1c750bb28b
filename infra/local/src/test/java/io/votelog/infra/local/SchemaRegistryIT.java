// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.local.ApicurioRegistry.Ran;
import io.votelog.infra.system.FreePorts;
import io.votelog.infra.testing.WholeSystem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.message.SchemaStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The schemas in a real Apicurio Registry: registered by the deploy step, and read from there by a decoder that nobody here wrote, Avro's
 * own.
 */
@WholeSystem
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SchemaRegistryIT {
    private static final int SUBJECTS = 16;
    private static final int VERSIONS = 20;
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path dir;

    private static ApicurioRegistry registry;
    private static String url;
    private static HttpClient http;

    @BeforeAll
    static void start() throws Exception {
        registry = ApicurioRegistry.start(dir, new FreePorts().next());
        url = registry.url();
        http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    }

    @AfterAll
    static void stop() {
        if (registry != null) {
            registry.kill();
        }
    }

    @Test
    @Order(1)
    void shouldSayWhatIsMissingAndRegisterNothing() throws Exception {
        Ran ran = ApicurioRegistry.register(url, "--check");
        assertThat(ran.code()).as("%s", ran.lines()).isEqualTo(1);
        assertThat(ran.lines()).hasSize(VERSIONS).allMatch(line -> line.endsWith("is not there"));
        assertThat(get("/subjects")).isEmpty();
    }

    @Test
    @Order(2)
    void shouldRegisterAllAndThenFindAllThere() throws Exception {
        Ran first = ApicurioRegistry.register(url);
        assertThat(first.code()).as("%s", first.lines()).isZero();
        assertThat(first.lines()).hasSize(VERSIONS).allMatch(line -> line.contains(" registered, id "));
        Ran second = ApicurioRegistry.register(url);
        assertThat(second.code()).as("%s", second.lines()).isZero();
        assertThat(second.lines())
                .isEqualTo(first.lines().stream()
                        .map(line -> line.replace(" registered,", " is there,"))
                        .toList());
        assertThat(ApicurioRegistry.register(url, "--check")).isEqualTo(second);
        assertThat(get("/subjects")).hasSize(SUBJECTS);
        assertThat(get("/config/votelog.votes.v1-io.votelog.events.VoteCast")
                        .path("compatibilityLevel")
                        .stringValue())
                .isEqualTo("FULL_TRANSITIVE");
    }

    @Test
    @Order(3)
    void shouldGiveAvrosDecoderWhatItReadsEachEventWith() throws Exception {
        SchemaStore.Cache schemas = new SchemaStore.Cache();
        TreeMap<String, Schema> newest = new TreeMap<>();
        for (JsonNode subject : get("/subjects")) {
            String path = "/subjects/" + subject.stringValue() + "/versions";
            for (JsonNode version : get(path)) {
                Schema schema = new Schema.Parser()
                        .parse(get(path + "/" + version.intValue())
                                .path("schema")
                                .stringValue());
                schemas.addSchema(schema);
                newest.put(schema.getName(), schema);
            }
        }
        List<Path> golden;
        try (Stream<Path> files = Files.list(Path.of("../../schemas/src/test/resources/golden"))) {
            golden = files.filter(file -> file.toString().endsWith(".hex"))
                    .sorted()
                    .toList();
        }
        assertThat(golden).hasSameSizeAs(newest.keySet());
        for (Path file : golden) {
            byte[] event = HexFormat.of().parseHex(Files.readString(file).replace("\n", ""));
            Schema schema = newest.get(file.getFileName().toString().replace(".hex", ""));
            GenericRecord read =
                    new BinaryMessageDecoder<GenericRecord>(GenericData.get(), schema, schemas).decode(event);
            ByteArrayOutputStream again = new ByteArrayOutputStream();
            new BinaryMessageEncoder<GenericRecord>(GenericData.get(), schema).encode(read, again);
            assertThat(again.toByteArray()).as(schema.getName()).isEqualTo(event);
        }
    }

    @Test
    @Order(4)
    void shouldTellOfAVersionThatIsNoneOfOurs() throws Exception {
        String subject = "votelog.seals.v1-io.votelog.events.LogSealed";
        JsonNode ours = get("/subjects/" + subject + "/versions/latest");
        String foreign = ours.path("schema")
                .stringValue()
                .replaceFirst(
                        "\"fields\"\\s*:\\s*\\[",
                        """
                "fields":[{"name":"stranger","type":"int","default":0},""");
        assertThat(post("/subjects/" + subject + "/versions", foreign)).isEqualTo(200);
        Ran ran = ApicurioRegistry.register(url);
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.lines())
                .hasSize(VERSIONS + 1)
                .anyMatch(line -> line.startsWith(subject + ": its version 2 is none of ours (fingerprint "));
        // What old readers could not read is refused by the registry itself, since the subjects were made so.
        String unreadable = ours.path("schema")
                .stringValue()
                .replaceFirst(
                        "\"fields\"\\s*:\\s*\\[", """
                "fields":[{"name":"stranger","type":"int"},""");
        assertThat(post("/subjects/" + subject + "/versions", unreadable)).isEqualTo(409);
    }

    @Test
    @Order(5)
    void shouldSayWhatAnswersWhereNoRegistryDoes() throws Exception {
        Ran wrongPath = ApicurioRegistry.register(url.replace("/apis/ccompat/v7", "/elsewhere"));
        assertThat(wrongPath.code()).isEqualTo(2);
        assertThat(wrongPath.lines())
                .singleElement()
                .asString()
                .contains("/elsewhere")
                .endsWith("is its path right?");
        registry.kill();
        Ran down = ApicurioRegistry.register(url);
        assertThat(down.code()).isEqualTo(2);
        assertThat(down.lines()).singleElement().asString().startsWith(url + " cannot be asked: ");
    }

    @Test
    @Order(6)
    void shouldBelieveNoAnswerWithoutAnEnd() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread endless = new Thread(() -> answerWithoutEnd(server));
            endless.start();
            Ran ran = ApicurioRegistry.register("http://127.0.0.1:" + server.getLocalPort());
            assertThat(ran.code()).isEqualTo(2);
            assertThat(ran.lines()).singleElement().asString().endsWith("answers with more than 1048576 bytes");
            endless.join(10_000);
        }
    }

    private static void answerWithoutEnd(ServerSocket server) {
        try (Socket socket = server.accept()) {
            byte[] digits = "1".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            for (int written = 0; written < 1 << 30; written += digits.length) {
                socket.getOutputStream().write(digits);
            }
        } catch (IOException gone) {
            // The command has had enough, as it should.
        }
    }

    private static JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(ask(request(path).GET().build()).body());
    }

    /** The status of the answer to a new version of a subject. */
    private static int post(String path, String schema) throws IOException, InterruptedException {
        String body = JSON.createObjectNode().put("schema", schema).toString();
        return ask(request(path)
                        .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build())
                .statusCode();
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(20));
    }

    private static HttpResponse<String> ask(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, BodyHandlers.ofString());
    }
}
