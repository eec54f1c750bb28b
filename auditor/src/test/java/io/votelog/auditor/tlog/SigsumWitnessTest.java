// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A log that was written here is cosigned by a witness that others wrote, sigsum-witness (Debian's sigsum-go, in the backports of bookworm), and another
 * history of it is not. Skipped where there is none.
 */
class SigsumWitnessTest {
    /** Environment variable: the program, where it is not at the usual place. */
    private static final String PROGRAM = "VOTELOG_TEST_SIGSUM_WITNESS";

    private static final List<byte[]> LEAVES = Sample.entries(300);
    private static final List<byte[]> OTHERS = otherAt(150);

    /** An SSH key's text without its public key of 32 bytes: the lengths and the algorithm. */
    private static final byte[] SSH = ByteBuffer.allocate(19)
            .putInt(11)
            .put("ssh-ed25519".getBytes(UTF_8))
            .putInt(32)
            .array();

    @TempDir
    private Path dir;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void stop() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    /** Logs and witnesses are named by their keys there. */
    @Test
    void shouldCosignAGrowingLogAndNoOtherHistory() throws Exception {
        Path program = program();
        NoteSigner any = NoteSigner.generate("any");
        byte[] publicKey = KeyText.parse(any.verifier().vkey()).raw();
        NoteSigner log = any.named("sigsum.org/v1/tree/"
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(publicKey)));
        Path logKey = Files.writeString(
                dir.resolve("log.pub"),
                "ssh-ed25519 "
                        + Base64.getEncoder()
                                .encodeToString(ByteBuffer.allocate(SSH.length + publicKey.length)
                                        .put(SSH)
                                        .put(publicKey)
                                        .array())
                        + " log\n");
        Path key = dir.resolve("key");
        run(program.resolveSibling("sigsum-key").toString(), "generate", "-o", key.toString());
        int port = freePort();
        start(
                program.toString(),
                "-k",
                key.toString(),
                "--log-key",
                logKey.toString(),
                "--state-file",
                dir.resolve("state").toString(),
                "127.0.0.1:" + port);
        byte[] witness = sshKey(Files.readString(Path.of(key + ".pub")));
        cosignsOneHistory(log, port, "sigsum.org/v1/witness/" + sha256(witness), witness);
    }

    private static void cosignsOneHistory(NoteSigner log, int port, String name, byte[] witness) throws Exception {
        await().until(() -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException notYet) {
                return false;
            }
        });
        CosignatureVerifier verifier = CosignatureVerifier.parse(
                KeyText.of(name, KeyText.COSIGNATURE, witness).text());
        WitnessClient client =
                new WitnessClient(URI.create("http://127.0.0.1:" + port), verifier, Duration.ofSeconds(20));
        long last = 0;
        for (int size : new int[] {1, 2, 7, 64, 64, 100, 255}) {
            SignedNote checkpoint = checkpoint(log, LEAVES.subList(0, size));
            List<String> lines = cosign(client, checkpoint, last, LEAVES.subList(0, size));
            Optional<Instant> at = verifier.cosigned(checkpoint.with(lines.get(0)));
            assertThat(at).isPresent();
            assertThat(at.orElseThrow())
                    .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(5));
            last = size;
        }
        // A sealer that has lost what it knew of the witness is told where to go on from.
        assertThat(cosign(client, checkpoint(log, LEAVES.subList(0, 270)), 0, LEAVES.subList(0, 270)))
                .isNotEmpty();
        // Signed by the log's own key, and another history: one vote was changed.
        assertThatThrownBy(() -> cosign(client, checkpoint(log, OTHERS), 270, OTHERS))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("not consistent");
        assertThatThrownBy(() -> cosign(
                        client, checkpoint(NoteSigner.generate(log.verifier().name()), LEAVES), 270, LEAVES))
                .isInstanceOf(TlogException.class);
        assertThat(cosign(client, checkpoint(log, LEAVES), 270, LEAVES)).isNotEmpty();
    }

    private static List<String> cosign(WitnessClient client, SignedNote checkpoint, long old, List<byte[]> leaves) {
        return client.cosign(checkpoint, old, from -> Oracle.proof((int) from, leaves));
    }

    private static SignedNote checkpoint(NoteSigner log, List<byte[]> leaves) {
        String text = new Checkpoint(log.verifier().name(), leaves.size(), Oracle.mth(leaves)).text();
        return new SignedNote(text, List.of()).with(log.sign(text));
    }

    private static List<byte[]> otherAt(int index) {
        List<byte[]> others = new ArrayList<>(LEAVES);
        others.set(index, "another vote".getBytes(UTF_8));
        return others;
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static byte[] sshKey(String line) {
        byte[] bytes = Base64.getDecoder().decode(line.split(" ")[1]);
        assertThat(bytes).hasSize(SSH.length + 32).startsWith(SSH);
        return Arrays.copyOfRange(bytes, SSH.length, bytes.length);
    }

    private static Path program() {
        Path program = Path.of(Optional.ofNullable(System.getenv(PROGRAM)).orElse("/usr/bin/sigsum-witness"));
        boolean there = Files.isExecutable(program);
        if (!there) {
            System.out.println("sigsum's witness skipped: no " + program);
        }
        assumeTrue(there);
        return program;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void start(String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("said-" + processes.size()).toFile());
        // Debian builds them such that Go takes their routes ("POST /add-checkpoint") for those of Go 1.21, and finds
        // none of them.
        builder.environment().put("GODEBUG", "httpmuxgo121=0");
        processes.add(builder.start());
    }

    private String run(String... command) throws Exception {
        Path said = Files.createTempFile(dir, "said", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Stream.of(command).toList() + ": " + Files.readString(said))
                .isZero();
        return Files.readString(said);
    }
}
