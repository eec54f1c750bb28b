// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.auditor.CommandRun;
import io.votelog.auditor.TestLog;
import io.votelog.auditor.monitor.Weather;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.seal.CheckpointFile;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogFiles;
import io.votelog.auditor.seal.SealingKey;
import io.votelog.auditor.seal.TestSealedLog;
import io.votelog.auditor.tlog.Cosigner;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.tiles.TileSource;
import io.votelog.events.VoteCast;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies of a log: the same bytes, never back, and whole at every moment, whatever happens to who makes them. */
class MirrorTest {
    private static final Instant NOW = Instant.parse("2021-12-05T03:00:00Z");

    @TempDir
    private Path dir;

    private final TestLog log = new TestLog();
    private Path source;
    private Path copy;
    private TestSealedLog sealed;
    private int voters;

    @BeforeEach
    void seal() {
        source = dir.resolve("sealed");
        copy = dir.resolve("copy");
        sealed = new TestSealedLog(source, log);
        log.publish(TestLog.fruits());
        grow(700);
    }

    private void grow(int votes) {
        for (int end = voters + votes; voters < end; voters++) {
            log.vote(voters, voters, "a1", "b1");
        }
        sealed.seal().sign(TestSealedLog.KEY);
    }

    private static Map<SealedLog, TileSource> sources(Path folder) {
        Map<SealedLog, TileSource> sources = new EnumMap<>(SealedLog.class);
        for (SealedLog tree : SealedLog.values()) {
            sources.put(tree, SealedLogFiles.uncached(tree, folder.toString()));
        }
        return sources;
    }

    private Mirror mirror(Map<SealedLog, TileSource> sources, Path to, Policy policy) {
        return new Mirror(
                source.toString(),
                sources,
                TestSealedLog.KEY.publicKey(),
                to,
                policy,
                null,
                new Progress(new PrintStream(PrintStream.nullOutputStream(), true), false, false));
    }

    private Mirror mirror() {
        return mirror(sources(source), copy, null);
    }

    private static void assertPassed(Mirror.Round round) {
        assertThat(round.exitCode()).as(round.why().toString()).isZero();
    }

    /** Each file of the copy has the source's bytes, and all files are there that a reader of the checkpoint needs. */
    private void assertSame(Path of, Path as) throws IOException {
        Set<String> seen = new HashSet<>();
        for (SealedLog tree : SealedLog.values()) {
            try (Stream<Path> files = Files.walk(tree.folder(of))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String name = of.relativize(file).toString();
                    if (name.endsWith(".new")) {
                        // Left by a run that was killed, and never read.
                        continue;
                    }
                    seen.add(name);
                    assertThat(Files.readAllBytes(file)).as(name).isEqualTo(Files.readAllBytes(as.resolve(name)));
                }
            }
            try (Stream<Path> files = Files.walk(tree.folder(as))) {
                assertThat(files.filter(Files::isRegularFile)
                                .map(file -> as.relativize(file).toString())
                                .filter(name -> !name.contains(".p/") && !name.endsWith(".new")))
                        .isSubsetOf(seen);
            }
        }
    }

    private static void assertVerified(Path log) {
        CommandRun run = CommandRun.of("verify", "--log", log, "--log-key", TestSealedLog.vkeys(), "--quiet");
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    }

    @Test
    void shouldCopyTheSameBytesAndGoOn() throws Exception {
        Mirror mirror = mirror();
        assertPassed(mirror.round(NOW));
        assertSame(copy, source);
        assertVerified(copy);
        assertThat(mirror.round(NOW).changed()).isFalse();
        for (int votes : List.of(1, 90, 256, 700, 3_000)) {
            grow(votes);
            Mirror.Round round = votes % 2 == 0 ? mirror().round(NOW) : mirror.round(NOW);
            assertPassed(round);
            assertThat(round.changed()).isTrue();
            mirror = mirror();
            assertSame(copy, source);
        }
        assertVerified(copy);
    }

    @Test
    void shouldCopyACopy() throws Exception {
        assertPassed(mirror().round(NOW));
        Path second = dir.resolve("second");
        try (Weather weather = new Weather(copy, 0)) {
            Mirror ofCopy = mirror(weather.sources(), second, null);
            assertPassed(ofCopy.round(NOW));
            grow(300);
            assertThat(ofCopy.round(NOW).changed()).isFalse();
            assertPassed(mirror().round(NOW));
            assertPassed(ofCopy.round(NOW));
            assertSame(second, source);
            assertVerified(second);
        }
    }

    @Test
    void shouldNeverGoBackNorToAnotherHistory() throws Exception {
        Mirror mirror = mirror();
        Path older = dir.resolve("older");
        TestSealedLog before = new TestSealedLog(older, log).seal().sign(TestSealedLog.KEY);
        grow(50);
        assertPassed(mirror.round(NOW));
        byte[] shown = Files.readAllBytes(copy.resolve("votes/checkpoint"));

        Mirror.Round old = mirror(sources(older), copy, null).round(NOW);
        assertThat(old.exitCode()).isEqualTo(Report.INCOMPLETE);
        assertThat(old.why()).hasSize(2).allMatch(why -> why.contains("an older tree is shown"));

        log.change(0, 9, vote -> VoteCast.newBuilder(vote)
                .setChoices(List.of("a3", "b1"))
                .build());
        Path other = dir.resolve("other");
        for (int more = 0; more < 3; more++) {
            log.vote(5_000 + more, 5_000 + more, "a1", "b1");
            new TestSealedLog(other, log).seal().sign(TestSealedLog.KEY);
            Mirror.Round round = mirror(sources(other), copy, null).round(NOW);
            assertThat(round.exitCode()).as(round.why().toString()).isEqualTo(Report.MISMATCH);
            assertThat(round.changed()).isFalse();
        }
        Path evidence = copy.resolve(".evidence/votes");
        assertThat(SignedNote.parse(Files.readAllBytes(evidence.resolve("smaller.checkpoint")))
                        .signedBy(TestSealedLog.KEY.publicKey().votes()))
                .isTrue();
        assertThat(evidence).isDirectoryContaining(file -> file.endsWith("larger.checkpoint"));
        assertThat(Files.readAllBytes(copy.resolve("votes/checkpoint"))).isEqualTo(shown);
        assertThat(before).isNotNull();
        assertVerified(copy);
    }

    @Test
    void shouldCopyNothingThatIsDamagedOrSignedByAnother() throws Exception {
        assertPassed(mirror().round(NOW));
        grow(600);
        Path tile = source.resolve("votes/tile/0/003");
        byte[] right = Files.readAllBytes(tile);
        byte[] wrong = right.clone();
        wrong[100] ^= 1;
        Files.write(tile, wrong);
        Mirror.Round damaged = mirror().round(NOW);
        assertThat(damaged.exitCode()).isEqualTo(Report.INCOMPLETE);
        assertThat(damaged.why()).anyMatch(why -> why.contains("tile/0/003"));
        assertVerified(copy);
        Files.write(tile, right);
        Path entries = source.resolve("votes/tile/entries/004");
        byte[] rightEntries = Files.readAllBytes(entries);
        byte[] wrongEntries = rightEntries.clone();
        wrongEntries[100] ^= 1;
        Files.write(entries, wrongEntries);
        assertThat(mirror().round(NOW).exitCode()).isEqualTo(Report.INCOMPLETE);
        assertVerified(copy);
        Files.write(entries, rightEntries);
        assertPassed(mirror().round(NOW));
        assertSame(copy, source);

        for (SealedLog tree : SealedLog.values()) {
            Files.delete(tree.folder(source).resolve("checkpoint"));
        }
        sealed.sign(SealingKey.generate("example.org/votelog"));
        Mirror.Round other = mirror().round(NOW);
        assertThat(other.exitCode()).isEqualTo(Report.INCOMPLETE);
        assertThat(other.why()).allMatch(why -> why.contains("is not signed with the key"));
        Files.delete(source.resolve("votes/checkpoint"));
        assertThat(mirror().round(NOW).exitCode()).isEqualTo(Report.NOT_RUN);
        assertVerified(copy);
    }

    /** What a run that was killed left behind its checkpoint is damaged: it is fetched again. */
    @Test
    void shouldNotBelieveItsOwnLeavings() throws Exception {
        assertPassed(mirror().round(NOW));
        grow(600);
        for (SealedLog tree : SealedLog.values()) {
            Files.write(tree.folder(copy).resolve("tile/0/003"), new byte[256 * 32]);
            Files.write(tree.folder(copy).resolve("tile/entries/004"), "none".getBytes(StandardCharsets.UTF_8));
        }
        assertPassed(mirror().round(NOW));
        assertSame(copy, source);
        assertVerified(copy);
    }

    @Test
    void shouldSayThatTheCopyIsDamaged() throws Exception {
        assertPassed(mirror().round(NOW));
        grow(10);
        Path edge;
        try (Stream<Path> files = Files.list(copy.resolve("votes/tile/0/002.p"))) {
            edge = files.findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(edge);
        bytes[5] ^= 1;
        Files.write(edge, bytes);
        assertThatThrownBy(() -> mirror().round(NOW))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("is damaged")
                .hasMessageContaining("Move it away, and it is made anew");
        Files.writeString(copy.resolve("votes/checkpoint"), "none");
        assertThatThrownBy(this::mirror)
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("is no copy of this log");
    }

    @Test
    void shouldKeepCosignatures() throws Exception {
        Cosigner one = new Cosigner("witness.example/w1");
        Cosigner two = new Cosigner("witness.example/w2");
        Policy policy = Policy.parse("witness w1 %s\nwitness w2 %s\nquorum w1\n"
                .formatted(one.vkey(), two.vkey())
                .getBytes(StandardCharsets.UTF_8));
        Mirror mirror = mirror(sources(source), copy, policy);
        Mirror.Round uncosigned = mirror.round(NOW);
        assertThat(uncosigned.exitCode()).isEqualTo(Report.INCOMPLETE);
        assertThat(uncosigned.why()).hasSize(2).allMatch(why -> why.contains("the quorum is not met"));
        assertThat(copy.resolve("votes/checkpoint")).doesNotExist();

        cosign(one, 1_000);
        assertPassed(mirror.round(NOW));
        assertSame(copy, source);
        cosign(two, 2_000);
        assertThat(mirror.round(NOW).changed()).isTrue();
        assertSame(copy, source);

        // The source forgets one, shows another of long ago, and somebody adds lines that are none of the witnesses'.
        CheckpointFile file = new CheckpointFile(source.resolve("votes"));
        SignedNote all = file.shown();
        SignedNote few = new SignedNote(all.text(), all.signatures().subList(0, 1))
                .with(one.cosign(all.text(), 500))
                .with(two.cosign("another\n", 3_000))
                .with(new Cosigner("stranger.example/s").cosign(all.text(), 7));
        file.replace(few);
        mirror.round(NOW);
        SignedNote kept = new CheckpointFile(copy.resolve("votes")).shown();
        assertThat(one.verifier().cosigned(kept)).contains(Instant.ofEpochSecond(1_000));
        assertThat(two.verifier().cosigned(kept)).contains(Instant.ofEpochSecond(2_000));
        assertThat(kept.signatures()).hasSize(4);
        assertVerified(copy);
    }

    private void cosign(Cosigner cosigner, long time) {
        for (SealedLog tree : SealedLog.values()) {
            CheckpointFile file = new CheckpointFile(tree.folder(source));
            SignedNote note = file.shown();
            file.show(note.with(cosigner.cosign(note.text(), time)));
        }
    }

    /** Each read is where it stops once; the copy is whole each time, and the next run goes on. */
    @Test
    @Timeout(120)
    void shouldBeWholeWhereverItStops() throws Exception {
        assertPassed(mirror().round(NOW));
        grow(900);
        boolean over = false;
        int stops = 0;
        for (int stop = 1; !over; stop++) {
            AtomicInteger left = new AtomicInteger(stop);
            Map<SealedLog, TileSource> stopping = new EnumMap<>(SealedLog.class);
            sources(source)
                    .forEach((tree, files) -> stopping.put(tree, path -> {
                        if (left.decrementAndGet() < 0) {
                            throw new IllegalStateException("stopped");
                        }
                        return files.read(path);
                    }));
            try {
                assertPassed(mirror(stopping, copy, null).round(NOW));
                over = true;
            } catch (RuntimeException stopped) {
                stops++;
                assertVerified(copy);
            }
        }
        assertThat(stops).isGreaterThan(4);
        assertSame(copy, source);
        assertVerified(copy);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1, 2, 3, 4, 5})
    @Timeout(120)
    void shouldBeRightInAnyWeather(long seed) throws Exception {
        Random random = new Random(seed);
        try (Weather weather = new Weather(source, seed)) {
            for (int round = 0; round < 10; round++) {
                weather.bad(10 + random.nextInt(30));
                grow(random.nextInt(400));
                Mirror.Round came = mirror(weather.sources(), copy, null).round(NOW);
                assertThat(came.exitCode()).as("seed %d: %s", seed, came.why()).isNotEqualTo(Report.MISMATCH);
                if (Files.exists(copy.resolve("verdicts/checkpoint"))) {
                    assertVerified(copy);
                }
            }
            weather.bad(0);
            assertPassed(mirror(weather.sources(), copy, null).round(NOW));
            assertThat(weather.faults()).isPositive();
        }
        assertSame(copy, source);
        assertVerified(copy);
    }

    /** A program of its own, killed again and again while the log grows. */
    @Test
    @Timeout(180)
    void shouldSurviveBeingKilled() throws Exception {
        Random random = new Random(7);
        grow(20_000);
        int killed = 0;
        try (Weather weather = new Weather(source, 7)) {
            for (int kill = 0; kill < 8; kill++) {
                Process process = start(weather.url());
                if (!process.waitFor(350 + random.nextInt(900), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly().waitFor();
                    killed++;
                }
                if (Files.exists(copy.resolve("verdicts/checkpoint"))) {
                    assertVerified(copy);
                    grow(500);
                }
            }
            Process last = start(weather.url());
            assertThat(last.waitFor()).isZero();
        }
        assertThat(killed).isPositive();
        assertSame(copy, source);
        assertVerified(copy);
    }

    private Process start(String url) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(
                        java,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.votelog.auditor.AuditorApplication",
                        "mirror",
                        "--once",
                        "--quiet",
                        "--log",
                        url,
                        "--log-key",
                        TestSealedLog.vkeys(),
                        "--to",
                        copy.toString())
                .redirectErrorStream(true)
                .redirectOutput(new File(dir.toFile(), "out"))
                .start();
    }
}
