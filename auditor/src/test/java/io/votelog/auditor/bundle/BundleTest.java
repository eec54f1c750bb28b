// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.auditor.CommandRun;
import io.votelog.auditor.TestLog;
import io.votelog.auditor.promise.PromisingGateway;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealingKey;
import io.votelog.auditor.seal.TestSealedLog;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.events.VoteCast;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topics;
import io.votelog.schemas.promise.PromisedVote;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How bundles are made, and that honest ones pass. */
class BundleTest {
    @TempDir
    private Path dir;

    private static List<String> outcomes(CommandRun run) {
        return run.out()
                .lines()
                .filter(line -> line.matches(" ?\\d+  (PASS|FAIL|SKIPPED|NOT ASKED) .*"))
                .map(line -> line.substring(4, 13).strip())
                .toList();
    }

    private static Object[] byAnotherRoad(Path mine) throws IOException {
        return new Object[] {
            "--expect",
            mine.resolve("announcement.json"),
            "--public-key-file",
            mine.resolve("public-keys.txt"),
            "--log-key",
            Files.readString(mine.resolve("log-keys.txt"))
        };
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void shouldFindHonestBundlesRight(long seed) throws IOException {
        TestVote vote = TestVote.honest(dir.resolve("vote"), seed);
        Object[] mine = byAnotherRoad(vote.mine());
        CommandRun whole = TestVote.verify(vote.bundle(), mine);
        assertThat(whole.exitCode()).as(whole.out() + whole.err()).isZero();
        assertThat(outcomes(whole))
                .containsExactly(
                        "PASS",
                        "PASS",
                        "PASS",
                        "PASS",
                        "PASS",
                        "PASS",
                        "PASS",
                        "NOT ASKED",
                        "PASS",
                        "PASS",
                        "PASS",
                        "PASS",
                        "NOT ASKED");
        CommandRun open = TestVote.verify(vote.bundle("--public"), mine);
        assertThat(open.exitCode()).as(open.out() + open.err()).isZero();
        assertThat(outcomes(open))
                .containsExactly(
                        "PASS",
                        "PASS",
                        "PASS",
                        "PASS",
                        "PASS",
                        "PASS",
                        "PASS",
                        "NOT ASKED",
                        "PASS",
                        "NOT ASKED",
                        "NOT ASKED",
                        "PASS",
                        "NOT ASKED");
    }

    @Test
    void shouldSayWhatKeysFromTheBundleItselfShow() throws IOException {
        TestVote vote = TestVote.honest(dir.resolve("vote"), 1);
        CommandRun run = TestVote.verify(vote.bundle());
        assertThat(run.exitCode()).as(run.out()).isZero();
        assertThat(run.out())
                .contains("the bundle can be found consistent in itself and no more")
                .endsWith("Not asked for, and so not known: steps 3, 4, 5, 8, 13.\n")
                .doesNotContain("Verified");
    }

    /** Numbers and titles are the same in the report, for people and for programs, and in the text. */
    @Test
    void shouldNumberTheChecksAsTheTextDoes() throws IOException {
        TestVote vote = TestVote.honest(dir.resolve("vote"), 2);
        Path bundle = vote.bundle();
        List<String> titles = new Forger(bundle)
                .text(BundlePaths.CHECKS)
                .lines()
                .filter(line -> line.matches("## \\d+\\. .*"))
                .map(line -> line.substring(3))
                .toList();
        List<String> wanted = new ArrayList<>();
        for (Check check : Check.values()) {
            wanted.add("%d. %s".formatted(check.ordinal() + 1, check.title()));
        }
        assertThat(titles).isEqualTo(wanted);
        List<String> reported = new ArrayList<>();
        Texts.JSON
                .readTree(TestVote.verify(bundle, "--json").out())
                .path("steps")
                .forEach(step -> reported.add("%d. %s"
                        .formatted(
                                step.path("number").asInt(), step.path("title").asString())));
        assertThat(reported).isEqualTo(wanted);
    }

    @Test
    void shouldMakeTheSameBytesOfTheSameInputs() throws IOException {
        TestVote vote = TestVote.honest(dir.resolve("vote"), 3);
        Path dump = vote.dump();
        TimeZone zone = TimeZone.getDefault();
        Locale locale = Locale.getDefault();
        for (String how : List.of("", "--public")) {
            List<byte[]> made = new ArrayList<>();
            for (String place : List.of("UTC", "Asia/Kathmandu")) {
                TimeZone.setDefault(TimeZone.getTimeZone(place));
                Locale.setDefault(place.equals("UTC") ? locale : Locale.forLanguageTag("ar-EG"));
                try {
                    Path out = dir.resolve("made" + how + made.size() + ".zip");
                    CommandRun run = how.isEmpty() ? vote.make(out, dump) : vote.make(out, dump, how);
                    assertThat(run.exitCode()).as(run.err()).isZero();
                    made.add(Files.readAllBytes(out));
                } finally {
                    TimeZone.setDefault(zone);
                    Locale.setDefault(locale);
                }
            }
            assertThat(made.get(0)).isEqualTo(made.get(1));
        }
    }

    /** It holds pseudonyms and choices; a public one holds none, and no vote id and no time. */
    @Test
    void shouldKeepVotersApartFromThePublic() throws IOException {
        TestVote vote = TestVote.honest(dir.resolve("vote"), 4);
        Path whole = vote.bundle();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(whole)))
                .isEqualTo("rw-------");
        Forger open = new Forger(vote.bundle("--public"));
        assertThat(open.files.keySet()).noneMatch(path -> path.startsWith("log/"));
        List<byte[]> secrets = new ArrayList<>();
        for (int partition = 0; partition < TestLog.PARTITIONS; partition++) {
            vote.log.records(Topics.VOTES, partition).stream()
                    .filter(record -> record.key() != null)
                    .forEach(record -> secrets.add(record.key()));
        }
        assertThat(secrets).hasSizeGreaterThan(10);
        byte[] all = open.files.values().stream()
                .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1))
                .reduce("", String::concat)
                .getBytes(StandardCharsets.ISO_8859_1);
        String text = new String(all, StandardCharsets.ISO_8859_1);
        for (byte[] secret : secrets) {
            assertThat(text.contains(new String(secret, StandardCharsets.ISO_8859_1)))
                    .isFalse();
        }
        String written = Stream.of(
                        BundlePaths.ANNOUNCEMENT,
                        BundlePaths.SEALS,
                        BundlePaths.STATEMENTS,
                        BundlePaths.results("fruits"),
                        "public/decisions.jsonl")
                .map(open::text)
                .reduce("", String::concat);
        assertThat(written).doesNotContainPattern("2021-12-0[0-9]T").doesNotContainPattern("[0-9a-f]{8}-[0-9a-f]{4}-");
    }

    @Test
    void shouldLeaveTilesWhereTheyArePublished() throws IOException {
        TestVote vote = TestVote.honest(dir.resolve("vote"), 5);
        CommandRun nowhere = vote.make(dir.resolve("nowhere.zip"), vote.dump(), "--without-tiles");
        assertThat(nowhere.exitCode()).isEqualTo(2);
        assertThat(nowhere.err()).contains("--published-at URL is not given");
        Path bundle = vote.bundle("--without-tiles", "--published-at", "https://votes.example.org/2021");
        assertThat(new Forger(bundle).files.keySet())
                .contains("sealed/votes/checkpoint", "sealed/verdicts/checkpoint")
                .noneMatch(path -> path.contains("/tile/"));
        CommandRun alone = TestVote.verify(bundle);
        assertThat(alone.exitCode()).as(alone.out()).isZero();
        assertThat(alone.out())
                .contains("--log https://votes.example.org/2021 takes them from where they are published");
        // The log has grown since: the files of its checkpoint then are taken.
        vote.sealed.seal(vote.end(0), vote.end(1)).sign(TestSealedLog.KEY);
        assertThat(vote.leaves(SealedLog.VOTES)).isPositive();
        CommandRun fetched = TestVote.verify(bundle, "--log", vote.sealedFolder());
        assertThat(fetched.exitCode()).as(fetched.out() + fetched.err()).isZero();
        assertThat(outcomes(fetched).subList(5, 12))
                .containsExactly("PASS", "PASS", "NOT ASKED", "PASS", "PASS", "PASS", "PASS");
        CommandRun elsewhere = TestVote.verify(bundle, "--log", dir.resolve("elsewhere"));
        assertThat(elsewhere.exitCode()).isEqualTo(2);
        assertThat(elsewhere.err().lines()).hasSize(1);
    }

    @Test
    void shouldWriteOverNothingAndLeaveNoHalfBundle() throws IOException {
        TestVote vote = TestVote.honest(dir.resolve("vote"), 6);
        Path out = Files.createDirectory(dir.resolve("out")).resolve("vote.zip");
        Path dump = vote.dump();
        // What a run that was killed left behind.
        Files.writeString(out.resolveSibling("vote.zip.part"), "half of a bundle");
        Files.createDirectories(out.resolveSibling("vote.zip.work").resolve("dump"));
        Files.writeString(out.resolveSibling("vote.zip.work").resolve("dump/manifest.json"), "{}");
        assertThat(vote.make(out, dump).exitCode()).isZero();
        byte[] made = Files.readAllBytes(out);
        assertThat(names(out.getParent())).containsExactly("vote.zip");
        CommandRun again = vote.make(out, dump);
        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.err()).contains("is there already, and is not written over");
        assertThat(Files.readAllBytes(out)).isEqualTo(made);

        Path other = out.resolveSibling("other.zip");
        BundleMaker maker = new BundleMaker(
                new BundleMaker.Request(
                        other,
                        vote.sealedFolder().toString(),
                        TestSealedLog.KEY.publicKey(),
                        LogKeys.of(List.of(TestLog.publicKey())),
                        null,
                        BundleManifest.Contents.LOG,
                        true,
                        null,
                        "group",
                        1,
                        "a test"),
                new Progress(System.err, false));
        assertThatThrownBy(() -> maker.make(new BreakingLog(vote.log)))
                .isInstanceOf(AuditException.class)
                .hasMessage("the brokers went away");
        assertThat(names(out.getParent())).containsExactly("vote.zip");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** A log that goes away while it is copied. */
    private record BreakingLog(TestLog log) implements LogSource {
        @Override
        public String name() {
            return "brokers";
        }

        @Override
        public List<OffsetRange> ranges(String topic) {
            return log.ranges(topic);
        }

        @Override
        public Records stored(OffsetRange range) {
            if (range.topic().equals(Topics.VOTES.name()) && range.partition() == 1) {
                throw new AuditException("the brokers went away");
            }
            return log.stored(range);
        }

        @Override
        public void close() {
            log.close();
        }
    }

    @Test
    void shouldRefuseWhatNoBundleCanBeMadeOf() throws IOException {
        TestVote open = new TestVote(
                dir.resolve("open"), new TestLog().publish(TestVote.FRUITS).vote(1, 1, "a1", "b1"), TestVote.FRUITS);
        open.published().sealed.seal().note(TestSealedLog.KEY);
        open.signed();
        assertRefused(open.make(dir.resolve("a.zip"), open.dump()), "no ballot in", "has final results");

        TestVote vote = TestVote.honest(dir.resolve("vote"), 7);
        Path before = vote.dump();
        vote.log.vote(200, 200, "a1", "b1");
        vote.sealed.seal(vote.end(0), vote.end(1)).sign(TestSealedLog.KEY);
        assertRefused(vote.make(dir.resolve("b.zip"), before), "make a dump that is newer than the sealed log");

        vote.signedWith(SealingKey.generate("example.org/votelog"));
        assertRefused(vote.make(dir.resolve("c.zip"), vote.dump()), "is not the sealed log of --log-key");
        assertThat(names(dir)).containsExactly("open", "vote");
    }

    private static void assertRefused(CommandRun run, String... why) {
        assertThat(run.exitCode()).as(run.out()).isEqualTo(2);
        assertThat(run.err()).startsWith("The audit could not be run: ").contains(why);
        assertThat(run.err().lines()).hasSize(1);
    }

    /** The commands that a stranger is told, as they stand in the bundle, with nothing of ours. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"", "--public"})
    void shouldGiveAStrangerCommandsThatPass(String how) throws Exception {
        TestVote vote = TestVote.honest(dir.resolve("vote"), 8);
        StrangersShell shell = new StrangersShell(dir, vote.mine());
        Path bundle = how.isEmpty() ? vote.bundle() : vote.bundle(how);
        assertThat(shell.run(bundle)).isEmpty();
    }

    /** And each of them fails where what it is about is another one. */
    @Test
    void shouldGiveAStrangerCommandsThatFail() throws Exception {
        TestVote vote = TestVote.honest(dir.resolve("vote"), 9);
        StrangersShell shell = new StrangersShell(dir, vote.mine());
        Path bundle = vote.bundle();
        assertThat(shell.run(new Forger(bundle).flip("seals.jsonl").pack(dir))).contains(1);
        assertThat(shell.run(new Forger(bundle).put("log/more.records", "more").pack(dir)))
                .containsExactly(1);
        assertThat(shell.run(new Forger(bundle)
                        .change("ballots/fruits.json", text -> text.replace("Fruits", "Roots"))
                        .correct()
                        .pack(dir)))
                .containsExactly(6);
        assertThat(shell.run(new Forger(bundle)
                        .change(
                                "results/fruits.json",
                                text -> text.replaceFirst("\"accepted\" : \\d+", "\"accepted\" : 9999"))
                        .correct()
                        .pack(dir)))
                .containsExactly(12);
        assertThat(shell.run(new Forger(bundle)
                        .change("sealed/votes/checkpoint", text -> text.replaceFirst("\n\\d+\n", "\n5\n"))
                        .correct()
                        .pack(dir)))
                .contains(7);
        TestVote changed = new TestVote(dir.resolve("changed"), TestVote.drawn(9, TestVote.FRUITS), TestVote.FRUITS);
        changed.published().sealed();
        changed.log.change(0, changed.end(0) / 2, one -> VoteCast.newBuilder(one)
                .setChoices(List.of("a3", "b2"))
                .build());
        assertThat(new StrangersShell(dir, changed.mine()).run(changed.bundle()))
                .contains(10, 11)
                .doesNotContain(1, 7, 9);
    }

    /** A promise is of the record's hash, which the sealed log has as well, so a public bundle is held to it too. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"--threads=2", "--public"})
    void shouldHoldTheLogToPromises(String how) throws Exception {
        TestVote vote = TestVote.honest(dir.resolve("vote"), 10);
        PromisingGateway gateway = new PromisingGateway(new Random(1), TestLog.SIGNER);
        vote.log.add(Topics.BALLOTS, 0, null, gateway.keyRecord());
        List<PromisedVote> kept = new ArrayList<>();
        List<PromisedVote> broken = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : vote.log.records(Topics.VOTES, 1)) {
            if (record.key() != null) {
                VoteCast cast = Events.decode(record.value(), VoteCast.class);
                Receipt receipt = new Receipt(Pseudonym.of(record.key()), cast.getVoteId());
                byte[] hash =
                        PromisedVote.recordHash(record.offset(), record.timestamp(), record.key(), record.value());
                kept.add(new PromisedVote("fruits", receipt, 1, record.offset(), record.timestamp(), hash));
                broken.add(new PromisedVote("fruits", receipt, 1, record.offset(), record.timestamp(), new byte[32]));
            }
        }
        assertThat(kept).hasSizeGreaterThan(2);
        Path bundle = vote.bundle(how);
        Path answers = Files.write(dir.resolve("answers"), gateway.answers(kept));
        CommandRun right = TestVote.verify(bundle, "--promises", answers);
        assertThat(right.exitCode()).as(right.out() + right.err()).isZero();
        assertThat(outcomes(right)).last().isEqualTo("PASS");
        CommandRun wrong =
                TestVote.verify(bundle, "--promises", Files.write(dir.resolve("broken"), gateway.answers(broken)));
        assertThat(wrong.exitCode()).as(wrong.out()).isEqualTo(1);
        assertThat(wrong.out()).contains("MISMATCH in step 13");
        CommandRun none = TestVote.verify(bundle, "--promises", dir.resolve("none"));
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err()).contains("there is no such file");
    }

    /** A log of hundreds of megabytes goes through the writer and the reader in a few buffers. */
    @Test
    void shouldHoldNoFileInMemory() throws IOException {
        long length = 300L << 20;
        Path large = dir.resolve("large");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(length);
        }
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        Path out = dir.resolve("large.zip");
        long before = threads.getCurrentThreadAllocatedBytes();
        try (ZipWriter zip = new ZipWriter(out, false)) {
            zip.add("log/large.records", large);
            zip.finish();
        }
        Files.delete(large);
        try (ZipListing zip = new ZipListing(out);
                var in = zip.open(zip.entries().get(0))) {
            byte[] buffer = new byte[1 << 16];
            long seen = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                seen += read;
            }
            assertThat(seen).isEqualTo(length);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16L << 20);
    }
}
