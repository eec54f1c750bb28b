// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.auditor.tlog.tiles.FolderTiles;
import io.votelog.auditor.tlog.tiles.TileWriter;
import io.votelog.auditor.tlog.tiles.TlogReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A log that was written here is read, proven and cosigned by Go's golang.org/x/mod/sumdb ({@code src/test/go}). Skipped where Go
 * or its module is not to be had.
 */
class StrangerTest {
    /** Environment variable: the go command to use. */
    private static final String GO = "VOTELOG_TEST_GO";

    /** Where Debian's golang-golang-x-mod-dev is. */
    private static final Path GOPATH = Path.of("/usr/share/gocode");

    private static final int SIZE = 100_123;
    private static final int OLD_SIZE = 65_537;

    @TempDir
    private static Path temporary;

    private static Path stranger;
    private static Path log;
    private static byte[] root;
    private static byte[] oldRoot;
    private static final NoteSigner SIGNER = NoteSigner.generate("example.com/votelog");

    private static SignedNote checkpoint;

    @BeforeAll
    static void build() throws Exception {
        Path go = Path.of(Optional.ofNullable(System.getenv(GO)).orElse("/usr/bin/go"));
        boolean there = Files.isExecutable(go) && Files.isDirectory(GOPATH.resolve("src/golang.org/x/mod/sumdb/tlog"));
        if (!there) {
            System.out.println(
                    "transparency log's stranger skipped: no " + go + ", or no golang.org/x/mod below " + GOPATH);
        }
        assumeTrue(there);
        stranger = temporary.resolve("stranger");
        ProcessBuilder build = new ProcessBuilder(
                go.toString(),
                "build",
                "-o",
                stranger.toString(),
                Path.of("src/test/go/stranger.go").toString());
        build.environment().put("GO111MODULE", "off");
        build.environment().put("GOPATH", GOPATH.toString());
        build.environment()
                .putIfAbsent(
                        "GOCACHE", Path.of("target/go-cache").toAbsolutePath().toString());
        Run built = run(build);
        assertThat(built.status()).as(built.output()).isZero();

        log = temporary.resolve("log");
        List<byte[]> entries = Sample.entries(SIZE);
        TileWriter writer = TileWriter.open(log, 0);
        entries.subList(0, OLD_SIZE).forEach(writer::append);
        oldRoot = writer.flush();
        entries.subList(OLD_SIZE, SIZE).forEach(writer::append);
        root = writer.flush();
        checkpoint = sign(SIZE, root);
        Files.write(log.resolve("checkpoint"), checkpoint.bytes());
    }

    @BeforeEach
    void whole() throws IOException {
        Files.write(log.resolve("checkpoint"), checkpoint.bytes());
    }

    private static SignedNote sign(long size, byte[] root) {
        String text = new Checkpoint("example.com/votelog", size, root).text();
        return new SignedNote(text, List.of()).with(SIGNER.sign(text));
    }

    private record Run(int status, String output) {}

    private static Run run(ProcessBuilder builder) throws IOException, InterruptedException {
        Path output = Files.createTempFile(temporary, "run", ".txt");
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("%s does not end".formatted(builder.command()));
        }
        return new Run(process.exitValue(), Files.readString(output));
    }

    private static Run check(String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                stranger.toString(),
                "check",
                "-log",
                log.toString(),
                "-vkey",
                SIGNER.verifier().vkey()));
        command.addAll(List.of(more));
        return run(new ProcessBuilder(command));
    }

    @Test
    void shouldFindTheLogRight() throws Exception {
        Path proof = temporary.resolve("entry.tlog-proof");
        TlogReader reader = new TlogReader(new FolderTiles(log), SIZE, root);
        Files.writeString(proof, new TlogProof(Optional.empty(), 70_000, reader.inclusion(70_000), checkpoint).text());
        Run run = check(
                "-old",
                Integer.toString(OLD_SIZE),
                "-index",
                "0,255,256,65535,65536,99999,100122",
                "-proof",
                proof.toString());
        assertThat(run.output())
                .contains("root at 65537: " + StrictEncoding.base64(oldRoot))
                .contains("checked: 100123 entries, 8 proofs of inclusion");
        assertThat(run.status()).isZero();

        Files.writeString(proof, new TlogProof(Optional.empty(), 70_001, reader.inclusion(70_000), checkpoint).text());
        assertThat(check("-proof", proof.toString()).output()).startsWith("refused:");
    }

    /** So that what it finds right means something. */
    @Test
    void shouldRefuseALogThatWasChanged() throws Exception {
        for (String path : List.of("tile/0/007", "tile/1/000", "tile/entries/391.p/27", "checkpoint")) {
            byte[] right = Files.readAllBytes(log.resolve(path));
            Files.write(log.resolve(path), Sample.flipped(right, 8 * (right.length / 2)));
            Run run = check();
            Files.write(log.resolve(path), right);
            assertThat(run.output()).as(path).startsWith("refused:");
            assertThat(run.status()).isEqualTo(1);
        }
        assertThat(check().status()).isZero();
    }

    @Test
    void shouldCosignALogThatGrows() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                stranger.toString(), "witness", "-vkey", SIGNER.verifier().vkey(), "-name", "witness.example/go");
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader out = process.inputReader(UTF_8)) {
            CosignatureVerifier key = CosignatureVerifier.parse(out.readLine());
            WitnessClient client = new WitnessClient(URI.create(out.readLine()), key, Duration.ofSeconds(30));
            TlogReader reader = new TlogReader(new FolderTiles(log), SIZE, root);
            TlogReader oldReader = new TlogReader(new FolderTiles(log), OLD_SIZE, oldRoot);

            SignedNote old = sign(OLD_SIZE, oldRoot);
            String first = client.cosign(old, 0, oldReader::consistency).get(0);
            assertThat(key.verify(old.text(), first)).hasValueSatisfying(time -> assertThat(time)
                    .isBetween(Instant.now().minusSeconds(600), Instant.now().plusSeconds(600)));
            // The client thinks that nothing was cosigned yet, and proves from what the witness says.
            SignedNote cosigned = checkpoint.with(
                    client.cosign(checkpoint, 0, reader::consistency).get(0));
            assertThat(key.cosigned(cosigned)).isPresent();
            assertThat(PolicyTest.policy("log %s\nwitness go %s\nquorum go\n"
                                    .formatted(SIGNER.verifier().vkey(), key.vkey()))
                            .met(
                                    cosigned,
                                    new Policy.Times(
                                            Instant.EPOCH, Instant.now().plusSeconds(600))))
                    .isTrue();

            Files.write(log.resolve("checkpoint"), cosigned.bytes());
            assertThat(check("-witness", key.vkey()).status()).isZero();
            Files.write(log.resolve("checkpoint"), checkpoint.bytes());
            assertThat(check("-witness", key.vkey()).output()).startsWith("refused: 1 of 2 keys");

            byte[] other = Sample.flipped(root, 0);
            assertThatThrownBy(() -> client.cosign(sign(SIZE, other), SIZE, from -> List.of()))
                    .isInstanceOf(TlogException.class)
                    .hasMessageContaining("422");
            assertThatThrownBy(() -> client.cosign(sign(SIZE + 1, other), SIZE, from -> reader.inclusion(0)))
                    .isInstanceOf(TlogException.class)
                    .hasMessageContaining("422");
            assertThatThrownBy(() -> client.cosign(old, 0, oldReader::consistency))
                    .isInstanceOf(TlogException.class)
                    .hasMessageContaining("at size 100123");
        } finally {
            process.destroy();
        }
    }
}
