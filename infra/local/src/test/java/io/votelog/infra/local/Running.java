// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.system.secure.SystemSecurity;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The program in a process of its own, on ports of its own. */
final class Running {
    /** Nothing takes so long but on a machine that is busy with other things. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final String BALLOT = "/v1/ballots/gz-customs-2021";
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient PLAIN = HttpClient.newHttpClient();

    private final Process process;
    private final int offset;
    private final boolean secure;
    private final Path dir;
    private final Path out;
    private final Path err;
    private HttpClient http = PLAIN;

    private Running(Process process, int offset, boolean secure, Path dir, Path out, Path err) {
        this.process = process;
        this.offset = offset;
        this.secure = secure;
        this.dir = dir;
        this.out = out;
        this.err = err;
    }

    static Running start(Path dir, String... flags) throws IOException {
        return startAt(dir, freeOffset(), flags);
    }

    static Running startAt(Path dir, int offset, String... flags) throws IOException {
        return startAt(dir, offset, Map.of(), flags);
    }

    /** The same with environment variables, which the apps inherit. */
    static Running startAt(Path dir, int offset, Map<String, String> environment, String... flags) throws IOException {
        return start(Path.of(System.getProperty("java.home")), dir, offset, environment, flags);
    }

    /** Starts it, and with it all its processes, on the JDK in that folder. */
    static Running startOn(Path jdk, Path dir) throws IOException {
        return start(jdk, dir, freeOffset(), Map.of());
    }

    private static Running start(Path jdk, Path dir, int offset, Map<String, String> environment, String... flags)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                jdk.resolve("bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx192m",
                "-D" + Up.ROOT + "=" + ROOT,
                "-D" + ChildJvm.ARCHIVE_CLASSES + "=" + Boolean.getBoolean(ChildJvm.ARCHIVE_CLASSES),
                "-D" + ChildJvm.JVM_ARGS + "=" + System.getProperty(ChildJvm.JVM_ARGS, ""),
                "-cp",
                absolute(ChildJvm.currentClassPath()),
                Up.class.getName(),
                "--dir",
                dir.toString(),
                "--port-offset",
                Integer.toString(offset)));
        command.addAll(List.of(flags));
        Path out = Files.createTempFile(dir, "out", ".txt");
        Path err = Files.createTempFile(dir, "err", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        return new Running(builder.start(), offset, List.of(flags).contains("--secure"), dir, out, err);
    }

    private static String absolute(String classPath) {
        return List.of(classPath.split(File.pathSeparator)).stream()
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /**
     * Where none of a single system's ports is taken, and all are below those that brokers of other tests get ({@link
     * io.votelog.infra.broker.Ports}) and kernels give to outgoing connections.
     */
    static int freeOffset() {
        while (true) {
            int offset = ThreadLocalRandom.current().nextInt(2_000, 10_900);
            if (IntStream.of(8080, 8081, 8084, 9080, 9081, 9084, 9090, 9092).allMatch(port -> free(port + offset))) {
                return offset;
            }
        }
    }

    private static boolean free(int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** Where the ballot is filled in. */
    String ballotPage(String path) {
        return url(8080, path).toString();
    }

    /** Where its results are watched. */
    String resultsPage() {
        return resultsSide("/ballots/gz-customs-2021/results");
    }

    /** Where the sealed log is served. */
    String sealedLog() {
        return "http://127.0.0.1:" + (8084 + offset);
    }

    /** Returns when the sealed log has a proof of that vote. */
    void awaitProof(JsonNode vote) {
        URI proof = URI.create("%s%s/receipts/%s/proof?partition=%d&offset=%d"
                .formatted(
                        sealedLog(),
                        BALLOT,
                        vote.path("receipt").stringValue(),
                        vote.path("partition").intValue(),
                        vote.path("offset").longValue()));
        await("a proof")
                .atMost(PATIENCE)
                .until(() -> PLAIN.send(HttpRequest.newBuilder(proof).build(), BodyHandlers.discarding())
                                .statusCode()
                        == 200);
    }

    String resultsSide(String path) {
        return url(8081, path).toString();
    }

    /** What the server sends to who asks for a page. */
    String get(String address) throws Exception {
        HttpResponse<String> answer =
                http.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    /** A text that names the ports of a system which was started without a choice, with this one's in their place. */
    String onItsPorts(String text) {
        return Pattern.compile("localhost:(8080|8081|8084|9080|9081|9084|9090|9092)")
                .matcher(text)
                .replaceAll(port -> "localhost:" + (Integer.parseInt(port.group(1)) + offset));
    }

    String kafka() {
        return "127.0.0.1:" + (9092 + offset);
    }

    void awaitReady() {
        await().atMost(Duration.ofSeconds(150))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    assertThat(process.isAlive()).as("%s %s", lines(out), err()).isTrue();
                    return lines(out).stream().anyMatch(line -> line.endsWith("Ctrl-C stops it."));
                });
        if (secure) {
            http = HttpClient.newBuilder().sslContext(security().trust()).build();
        }
    }

    /** The certificates and users of a secured system. */
    SystemSecurity security() {
        try {
            return SystemSecurity.in(dir.resolve(".votelog/security"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file with one of the secrets, or the key that goes with it. */
    Path secret(String name) {
        return dir.resolve(".votelog/secrets").resolve(name);
    }

    /** The port that is this one where the system was started without a choice. */
    int port(int usual) {
        return usual + offset;
    }

    /** Casts a vote and gives back the acknowledgement. */
    JsonNode vote(String user, String... choices) throws Exception {
        JsonNode token = post("/dev/token", Map.of("userId", user), "", 200);
        return post(
                BALLOT + "/votes",
                Map.of("choices", choices),
                token.path("token").stringValue(),
                202);
    }

    /** Sends a vote with a token of one's own, and gives back the answer, which must have that status. */
    JsonNode voteWith(String token, int expected, String... choices) throws Exception {
        return post(BALLOT + "/votes", Map.of("choices", choices), token, expected);
    }

    /** What it has said on standard output. */
    List<String> said() {
        return lines(out);
    }

    /** Takes a vote out of the counts and returns when the results know. */
    void annul(JsonNode vote, String reason) throws Exception {
        JsonNode token = post("/dev/token", Map.of("userId", "auditor", "scope", "votes:annul"), "", 200);
        long revision = results().path("revision").longValue();
        post(
                BALLOT + "/annulments",
                Map.of("receipt", vote.path("receipt").stringValue(), "reason", reason),
                token.path("token").stringValue(),
                202);
        await().atMost(PATIENCE).until(() -> results().path("revision").longValue() > revision);
    }

    /** Publishes another ballot, and returns when the results know it. */
    void publish(String id, String yaml) throws Exception {
        String token = post("/dev/token", Map.of("userId", "organiser", "scope", "ballots:write"), "", 200)
                .path("token")
                .stringValue();
        HttpRequest put = HttpRequest.newBuilder(url(8080, "/v1/ballots/" + id))
                .header("Content-Type", "application/yaml")
                .header("Authorization", "Bearer " + token)
                .PUT(BodyPublishers.ofString(yaml))
                .build();
        HttpResponse<String> answer = http.send(put, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 202);
        URI results = url(8081, "/v1/ballots/" + id + "/results");
        await().atMost(PATIENCE)
                .until(() -> http.send(HttpRequest.newBuilder(results).build(), BodyHandlers.discarding())
                                .statusCode()
                        == 200);
    }

    /** Closes the ballot early. */
    void close() throws Exception {
        JsonNode token = post("/dev/token", Map.of("userId", "organiser", "scope", "ballots:write"), "", 200);
        post(BALLOT + "/close", Map.of(), token.path("token").stringValue(), 202);
    }

    /** Where the ballot is in its life, as the results say. */
    String status() throws Exception {
        return results().path("status").stringValue();
    }

    private JsonNode post(String path, Map<String, ?> body, String token, int expected) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(url(8080, path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(expected);
        return JSON.readTree(answer.body());
    }

    /** The verdict on that very attempt, once there is one: the read side may be behind, or its voters on the move. */
    JsonNode receipt(JsonNode vote) {
        AtomicReference<JsonNode> told = new AtomicReference<>();
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode answer = askedFor(vote);
            assertThat(answer.path("status").stringValue()).isNotEqualTo("pending");
            told.set(answer);
        });
        return told.get();
    }

    private JsonNode askedFor(JsonNode vote) throws Exception {
        URI url = url(
                8081,
                BALLOT + "/receipts/" + vote.path("receipt").stringValue() + "?offset="
                        + vote.path("offset").longValue());
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(url).header("Prefer", "wait=10").build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    JsonNode results() throws Exception {
        HttpResponse<String> answer =
                http.send(HttpRequest.newBuilder(url(8081, BALLOT + "/results")).build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    long turnout(String part) throws Exception {
        return results().path("turnout").path(part).longValue();
    }

    void awaitTurnoutReceived(long received) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(turnout("received")).isEqualTo(received));
    }

    void awaitTurnout(long received, long accepted, long retried, long rejected) {
        await().atMost(PATIENCE).ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> {
            JsonNode turnout = results().path("turnout");
            assertThat(List.of(
                            turnout.path("received").longValue(),
                            turnout.path("accepted").longValue(),
                            turnout.path("retried").longValue(),
                            turnout.path("rejected").longValue()))
                    .containsExactly(received, accepted, retried, rejected);
        });
    }

    /** The options that have votes, with their number. */
    Map<String, Long> votes() throws Exception {
        Map<String, Long> votes = new TreeMap<>();
        for (JsonNode section : results().path("sections")) {
            for (JsonNode option : section.path("options")) {
                if (option.path("votes").longValue() > 0) {
                    votes.put(
                            option.path("id").stringValue(),
                            option.path("votes").longValue());
                }
            }
        }
        return votes;
    }

    private URI url(int port, String path) {
        return URI.create((secure ? "https" : "http") + "://127.0.0.1:" + (port + offset) + path);
    }

    Set<Long> children() {
        return process.descendants().map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    /** SIGINT, as Ctrl-C sends it; SIGTERM where this JVM was started deaf to SIGINT, since its children are then too. */
    void interrupt() throws Exception {
        signal(deafToInterrupt() ? "TERM" : "INT", process.pid());
    }

    private static boolean deafToInterrupt() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.notExists(status)) {
            return false;
        }
        String ignored = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElse("SigIgn: 0");
        return (Long.parseUnsignedLong(ignored.substring(7).strip(), 16) & 2) != 0;
    }

    void killParentOnly() {
        process.destroyForcibly();
    }

    /** SIGKILL for the child whose command line names that jar. */
    void killChild(String name) {
        List<ProcessHandle> found = process.descendants()
                .filter(child -> child.info().commandLine().orElse("").contains("votelog-" + name + ".jar"))
                .toList();
        assertThat(found).hasSize(1);
        found.get(0).destroyForcibly();
    }

    void kill() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }

    int awaitEnd(Duration limit) throws InterruptedException {
        assertThat(process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS))
                .as("it has ended; it said %s %s", lines(out), err())
                .isTrue();
        return process.exitValue();
    }

    List<String> out() {
        return lines(out);
    }

    List<String> err() {
        return lines(err);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static boolean gone(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty() || state(pid) == 'Z';
    }

    private static char state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return ' ';
        }
    }

    private static void signal(String signal, long pid) throws Exception {
        Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid)
                .inheritIO()
                .start();
        assertThat(kill.waitFor()).isZero();
    }
}
