// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.system.secure.ClusterSetup;
import io.votelog.infra.system.secure.SystemSecurity;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.schemas.cluster.Role;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code infra/up --secure} with the real jars: a whole vote, and whoever comes without a certificate's trust, a password or a right. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@WholeSystem
class SecureIT {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final int ALERT = 21;
    private static final int PROTOCOL_VERSION = 70;
    private static final int HANDSHAKE_FAILURE = 40;

    @TempDir
    static Path dir;

    private static Running up;
    private static SystemSecurity security;

    @BeforeAll
    static void startAll() throws IOException {
        up = Running.start(dir, "--secure");
        up.awaitReady();
        security = up.security();
    }

    @AfterAll
    static void leaveNothingBehind() {
        if (up != null) {
            up.kill();
        }
    }

    /** From the vote to the verified seal, each part as the user that it is. */
    @Test
    @Order(1)
    void shouldTakeCountAuditAndSealAVote() throws Exception {
        JsonNode vote = up.vote("ada", "01", "25");
        assertThat(up.receipt(vote).path("status").stringValue()).isEqualTo("accepted");
        up.vote("grace", "02", "26");
        up.annul(up.vote("mallory", "03", "27"), "cast with a stolen sign-in");
        await().atMost(SOON).until(() -> up.votes().equals(Map.of("01", 1L, "25", 1L, "02", 1L, "26", 1L)));

        AuditorProgram auditor = new AuditorProgram(dir);
        String publicKey = dir.resolve(".votelog/secrets/log-public-key").toString();
        List<String> log = List.of("--bootstrap-servers", up.kafka(), "--public-key-file", publicKey);
        AuditorProgram.Said replay = auditor.run(with(
                List.of("replay"),
                log,
                List.of("--command-config", security.settingsFile(Role.AUDITOR).toString())));
        assertThat(replay.exitCode()).as(replay.text()).isZero();

        // The sealer seals as the user that it is, and an auditor holds what it serves against the log.
        String keys = Files.readString(dir.resolve(".votelog/sealed-secure/public-keys"));
        await().atMost(SOON).untilAsserted(() -> {
            AuditorProgram.Said verified = auditor.run(with(
                    List.of("verify", "--log", up.sealedLog(), "--log-key", keys, "--max-unsealed", "0"),
                    log,
                    List.of(
                            "--command-config",
                            security.settingsFile(Role.AUDITOR).toString())));
            assertThat(verified.text()).doesNotContain("FAIL");
            assertThat(verified.exitCode()).as(verified.text()).isZero();
        });
        Path hasty = Files.writeString(dir.resolve("hasty.properties"), "default.api.timeout.ms=3000\n");
        AuditorProgram.Said stranger =
                auditor.run(with(List.of("replay"), log, List.of("--command-config", hasty.toString())));
        assertThat(stranger.exitCode()).as(stranger.text()).isEqualTo(2);
    }

    /** What it prints to be tried works as it stands. */
    @Test
    @Order(2)
    void shouldSayWhatWorks() throws Exception {
        String tried = up.out().stream()
                .dropWhile(line -> !line.equals("Try it:"))
                .skip(1)
                .takeWhile(line -> !line.isBlank())
                .collect(Collectors.joining("\n"));
        assertThat(tried).contains("--cacert");
        String said = new ReadmeShell(dir, up).run(tried.replace("\"ada\"", "\"edith\"") + "\n");
        assertThat(said).contains("\"status\":\"accepted\"");
    }

    @Test
    @Order(3)
    void shouldBeTrustedByNobodyWhoDoesNotKnowItsAuthority() {
        HttpClient stranger = HttpClient.newHttpClient();
        for (int port : List.of(8080, 8081)) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + up.port(port) + "/"))
                    .build();
            assertThatThrownBy(() -> stranger.send(request, BodyHandlers.discarding()))
                    .isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    @Order(4)
    void shouldSpeakNoPlainHttp() throws IOException {
        for (int port : List.of(8080, 8081)) {
            byte[] answer =
                    exchange(port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(answer, StandardCharsets.ISO_8859_1)).doesNotContain("HTTP/1.1 2");
        }
    }

    /** TLS 1.1 and older, and 1.2 with what is broken (RC4, 3DES, anonymous, no encryption). */
    @Test
    @Order(5)
    void shouldRefuseOldProtocolsAndBrokenCiphers() throws IOException {
        int ecdsaAes = 0xC009;
        int ecdsaGcm = 0xC02B;
        Map<String, List<Integer>> found = new TreeMap<>();
        for (int port : List.of(8080, 8081, 9092)) {
            byte[] oldProtocol = exchange(port, hello(0x0302, ecdsaAes));
            byte[] broken = exchange(port, hello(0x0303, 0xC007, 0xC008, 0xC015, 0xC006, 0x0005, 0x000A, 0x0001));
            byte[] good = exchange(port, hello(0x0303, ecdsaGcm));
            found.put(port + " TLS 1.1", alert(oldProtocol));
            found.put(port + " broken ciphers", alert(broken));
            found.put(port + " TLS 1.2", alert(good));
        }
        found.forEach((what, alert) -> {
            if (what.endsWith("TLS 1.1")) {
                assertThat(alert).as(what).containsAnyOf(PROTOCOL_VERSION, HANDSHAKE_FAILURE);
            } else if (what.endsWith("broken ciphers")) {
                assertThat(alert).as(what).containsExactly(HANDSHAKE_FAILURE);
            } else {
                assertThat(alert).as(what).isEmpty();
            }
        });
    }

    /** The apps and the broker present a new certificate to whoever connects, and nothing is started again. */
    @Test
    @Order(6)
    void shouldTakeNewCertificatesWhileItRuns() throws Exception {
        Map<Integer, BigInteger> before = serials();
        List<Long> processes = up.children().stream().sorted().toList();
        security.renewHttps();
        security.renewKafka();
        new ClusterSetup(security, up.kafka()).reloadCertificates(List.of(1));
        await().atMost(SOON).untilAsserted(() -> {
            Map<Integer, BigInteger> now = serials();
            assertThat(now.keySet()).allMatch(port -> !now.get(port).equals(before.get(port)));
        });
        assertThat(up.receipt(up.vote("joan", "05", "30")).path("status").stringValue())
                .isEqualTo("accepted");
        assertThat(up.children().stream().sorted().toList()).isEqualTo(processes);
    }

    /** Neither a log nor a command line, which all users of a machine see, has a secret. */
    @Test
    @Order(7)
    void shouldTellNoSecret() throws IOException {
        Map<String, String> secrets = secrets();
        assertThat(secrets).hasSizeGreaterThanOrEqualTo(10);
        List<String> told = new ArrayList<>();
        List<Path> places = new ArrayList<>();
        try (Stream<Path> files = Files.walk(dir.resolve(".votelog"))) {
            files.filter(file ->
                            file.toString().endsWith(".log") && !file.toString().contains("/storage/"))
                    .forEach(places::add);
        }
        try (Stream<Path> files = Files.list(dir)) {
            files.filter(file -> file.toString().endsWith(".txt")).forEach(places::add);
        }
        assertThat(places).hasSizeGreaterThanOrEqualTo(5);
        up.children().forEach(pid -> places.add(Path.of("/proc/" + pid + "/cmdline")));
        for (Path place : places) {
            if (Files.notExists(place)) {
                continue;
            }
            String text = Files.readString(place, StandardCharsets.ISO_8859_1);
            secrets.forEach((name, secret) -> {
                if (text.contains(secret)) {
                    told.add(name + " in " + place);
                }
            });
        }
        assertThat(told).isEmpty();
    }

    /** The votes are there after a restart, with the same users and certificates; without the choice it is another system. */
    @Test
    @Order(8)
    void shouldBeThereAfterARestart() throws Exception {
        long votes = up.turnout("received");
        up.interrupt();
        assertThat(up.awaitEnd(SOON)).isZero();
        assertThat(up.err()).isEmpty();
        up = Running.start(dir, "--secure");
        up.awaitReady();
        up.awaitTurnoutReceived(votes);
        assertThat(dir.resolve(".votelog/kafka")).doesNotExist();
    }

    private static String[] with(List<String> first, List<String> second, List<String> third) {
        return Stream.of(first, second, third).flatMap(List::stream).toArray(String[]::new);
    }

    private static Map<String, String> secrets() throws IOException {
        Map<String, String> secrets = new TreeMap<>();
        for (String name : List.of("pepper", "hs256-secret", "log-private-key")) {
            secrets.put(
                    name,
                    Files.readString(dir.resolve(".votelog/secrets").resolve(name))
                            .strip());
        }
        try (Stream<Path> users = Files.list(dir.resolve(".votelog/security/kafka"))) {
            for (Path user : users.toList()) {
                String settings = Files.readString(user);
                secrets.put(
                        "password in " + user.getFileName(),
                        settings.replaceAll("(?s).*password=\"([^\"]*)\".*", "$1"));
            }
        }
        secrets.put(
                "the authority's password",
                Files.readString(dir.resolve(".votelog/security/tls/authority-password"))
                        .strip());
        return secrets;
    }

    private static Map<Integer, BigInteger> serials() throws IOException {
        Map<Integer, BigInteger> serials = new TreeMap<>();
        for (int port : List.of(8080, 8081, 9092)) {
            try (SSLSocket socket =
                    (SSLSocket) security.trust().getSocketFactory().createSocket("127.0.0.1", up.port(port))) {
                socket.startHandshake();
                serials.put(port, ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber());
            }
        }
        return serials;
    }

    /** What is answered until the server ends the connection, or has nothing more to say. */
    private static byte[] exchange(int port, byte[] bytes) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", up.port(port))) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(bytes);
            byte[] answer = new byte[7];
            int read = socket.getInputStream().readNBytes(answer, 0, answer.length);
            return Arrays.copyOf(answer, read);
        }
    }

    /** The alert's description; empty where the answer is none. */
    private static List<Integer> alert(byte[] answer) {
        return answer.length == 7 && answer[0] == ALERT ? List.of(answer[6] & 0xff) : List.of();
    }

    /** A ClientHello (RFC 5246, 7.4.1.2) for the curve P-256, with ECDSA and RSA signatures. */
    private static byte[] hello(int version, int... ciphers) throws IOException {
        ByteArrayOutputStream extensions = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(extensions);
        // supported_groups, ec_point_formats, signature_algorithms
        out.write(new byte[] {0, 10, 0, 4, 0, 2, 0, 23, 0, 11, 0, 2, 1, 0, 0, 13, 0, 8, 0, 6, 4, 3, 4, 1, 2, 3});
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        out = new DataOutputStream(body);
        out.writeShort(version);
        out.write(new byte[32]);
        out.writeByte(0);
        out.writeShort(2 * ciphers.length);
        for (int cipher : ciphers) {
            out.writeShort(cipher);
        }
        out.writeShort(0x0100);
        out.writeShort(extensions.size());
        extensions.writeTo(out);
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        out = new DataOutputStream(record);
        out.writeByte(22);
        out.writeShort(0x0301);
        out.writeShort(body.size() + 4);
        out.writeByte(1);
        out.writeByte(0);
        out.writeShort(body.size());
        body.writeTo(out);
        return record.toByteArray();
    }
}
