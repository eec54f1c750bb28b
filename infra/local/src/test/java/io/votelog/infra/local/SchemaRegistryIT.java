// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.system.ChildWait;
import io.votelog.infra.system.FreePorts;
import io.votelog.infra.testing.Python;
import io.votelog.infra.testing.WholeSystem;
import java.io.ByteArrayOutputStream;
import java.io.File;
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
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
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
 * own. The registry is the archive that Maven keeps after {@code dependency:get}, or the one that {@code VOTELOG_TEST_REGISTRY} names.
 */
@WholeSystem
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SchemaRegistryIT {
    private static final String ARTIFACT =
            ".m2/repository/io/apicurio/apicurio-registry-app/3.0.9/apicurio-registry-app-3.0.9-all.tar.gz";
    private static final int SUBJECTS = 16;
    private static final int VERSIONS = 20;
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path dir;

    private static ChildJvm registry;
    private static String url;
    private static HttpClient http;

    private record Ran(int code, List<String> lines) {}

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(Python.isHere("the schema registry"));
        String named = System.getenv("VOTELOG_TEST_REGISTRY");
        Path archive = named == null ? Path.of(System.getProperty("user.home"), ARTIFACT) : Path.of(named);
        if (!Files.isReadable(archive)) {
            System.out.println("the schema registry skipped: no Apicurio Registry at ~/" + ARTIFACT
                    + ", nor where VOTELOG_TEST_REGISTRY points");
        }
        assumeTrue(Files.isReadable(archive));
        Path home = Files.createDirectory(dir.resolve("registry"));
        assertThat(new ProcessBuilder("tar", "xzf", archive.toString(), "-C", home.toString())
                        .start()
                        .waitFor())
                .isZero();
        Path tether = Path.of(ChildJvm.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        int port = new FreePorts().next();
        url = "http://127.0.0.1:%d/apis/ccompat/v7".formatted(port);
        http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
        registry = ChildJvm.of("registry", "io.quarkus.runner.GeneratedMain")
                .classPath(tether + File.pathSeparator + runner(home))
                .env("QUARKUS_HTTP_HOST", "127.0.0.1")
                .env("QUARKUS_HTTP_PORT", Integer.toString(port))
                .workingDir(home)
                .logFile(dir.resolve("registry.log"))
                .start();
        ChildWait.until(registry, Duration.ofSeconds(120), SchemaRegistryIT::answers);
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
        Ran ran = register(url, "--check");
        assertThat(ran.code()).as("%s", ran.lines()).isEqualTo(1);
        assertThat(ran.lines()).hasSize(VERSIONS).allMatch(line -> line.endsWith("is not there"));
        assertThat(get("/subjects")).isEmpty();
    }

    @Test
    @Order(2)
    void shouldRegisterAllAndThenFindAllThere() throws Exception {
        Ran first = register(url);
        assertThat(first.code()).as("%s", first.lines()).isZero();
        assertThat(first.lines()).hasSize(VERSIONS).allMatch(line -> line.contains(" registered, id "));
        Ran second = register(url);
        assertThat(second.code()).as("%s", second.lines()).isZero();
        assertThat(second.lines())
                .isEqualTo(first.lines().stream()
                        .map(line -> line.replace(" registered,", " is there,"))
                        .toList());
        assertThat(register(url, "--check")).isEqualTo(second);
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
        Ran ran = register(url);
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
        Ran wrongPath = register(url.replace("/apis/ccompat/v7", "/elsewhere"));
        assertThat(wrongPath.code()).isEqualTo(2);
        assertThat(wrongPath.lines())
                .singleElement()
                .asString()
                .contains("/elsewhere")
                .endsWith("is its path right?");
        registry.kill();
        Ran down = register(url);
        assertThat(down.code()).isEqualTo(2);
        assertThat(down.lines()).singleElement().asString().startsWith(url + " cannot be asked: ");
    }

    @Test
    @Order(6)
    void shouldBelieveNoAnswerWithoutAnEnd() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread endless = new Thread(() -> answerWithoutEnd(server));
            endless.start();
            Ran ran = register("http://127.0.0.1:" + server.getLocalPort());
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

    private static String runner(Path home) throws IOException {
        try (Stream<Path> files = Files.list(home)) {
            return files.map(Path::toString)
                    .filter(file -> file.endsWith("-runner.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no program of Apicurio Registry 3.0 in " + home));
        }
    }

    private static boolean answers() {
        try {
            return ask(request("/subjects").GET().build()).statusCode() == 200;
        } catch (IOException | InterruptedException e) {
            return false;
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

    private static Ran register(String registry, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("python3", "../../schemas/register.py", "--registry", registry));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ran(process.exitValue(), lines);
    }
}
