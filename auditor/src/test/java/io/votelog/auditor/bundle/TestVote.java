// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.auditor.CommandRun;
import io.votelog.auditor.PublishedLog;
import io.votelog.auditor.TestLog;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealingKey;
import io.votelog.auditor.seal.TestSealedLog;
import io.votelog.auditor.source.CountedOffsets;
import io.votelog.auditor.source.DumpWriter;
import io.votelog.events.BallotResults;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A vote that is over: its log, what was published of it and what is sealed, and the bundles that are made of it. */
final class TestVote {
    static final BallotDefinition FRUITS = TestLog.fruits();

    private static final String[][] CHOICES = {
        {"a1", "b1"}, {"a2", "b2"}, {"a1", "a3", "b1"}, {"a3", "b2"}, {"a1"}, {"b1", "b2"}, {"a1", "b1", "no-such"}
    };

    final Path dir;
    final TestLog log;
    final TestSealedLog sealed;
    private final BallotDefinition ballot;
    private SealingKey key = TestSealedLog.KEY;

    /**
     * @param dir a folder of its own
     * @param log whose ballot is closed
     */
    TestVote(Path dir, TestLog log, BallotDefinition ballot) throws IOException {
        this.dir = Files.createDirectories(dir);
        this.log = log;
        this.ballot = ballot;
        this.sealed = new TestSealedLog(dir.resolve("sealed"), log);
    }

    /** A drawn log whose ballot is closed; the same seed gives the same one. */
    static TestLog drawn(long seed, BallotDefinition ballot) {
        Random random = new Random(seed);
        TestLog log = new TestLog().publish(ballot);
        int voters = 5 + random.nextInt(40);
        for (int vote = 0; vote < voters; vote++) {
            int voter = random.nextInt(voters);
            log.vote(voter, random.nextInt(8) == 0 ? voter : vote, CHOICES[random.nextInt(CHOICES.length)]);
        }
        // Of these it is known that they are accepted, rejected, and repeated.
        log.vote(100, 100, "a1", "b1")
                .vote(101, 101, "a2", "b1")
                .vote(101, 102, "a1", "b1")
                .vote(100, 100, "b1", "a1");
        log.vote(102, 103, "a3", "b2").vote("no id", 103, 104, "a1", "b1");
        if (random.nextBoolean()) {
            log.annul(ballot, 102, 103, "cast with a stolen sign-in");
        }
        return log.close(ballot).vote(104, 105, "a1", "b1");
    }

    /** An honest vote. */
    static TestVote honest(Path dir, long seed) throws IOException {
        return new TestVote(dir, drawn(seed, FRUITS), FRUITS).published().sealed();
    }

    /** Seals with another key than the one that is announced. */
    TestVote signedWith(SealingKey other) {
        key = other;
        return this;
    }

    TestVote published() {
        PublishedLog.of(log, 3);
        return this;
    }

    /** The newest results. */
    BallotResults results() {
        return PublishedLog.results(log, PublishedLog.ends(log), ballot.ballot().id());
    }

    /** Seals the log in two parts, then the result. */
    TestVote sealed() throws IOException {
        long[] ends = PublishedLog.ends(log).values().stream()
                .mapToLong(Long::longValue)
                .toArray();
        long[] half = ends.clone();
        half[0] /= 2;
        sealed.seal(half).note(key).seal(ends).note(key).result(results()).note(key);
        return signed();
    }

    /** Writes what is sealed, and its topic. */
    TestVote signed() {
        sealed.publish().sign(key);
        return this;
    }

    Path sealedFolder() {
        return dir.resolve("sealed");
    }

    String logKey() {
        return key.publicKey().votes().vkey() + " " + key.publicKey().verdicts().vkey();
    }

    /** The dump of the log as it is now. */
    Path dump() throws IOException {
        Path dump = Files.createTempDirectory(dir, "dump");
        new DumpWriter(log, CountedOffsets.GROUP, dump, new Progress(System.err, false)).write();
        return dump;
    }

    /** Runs the command that makes a bundle. */
    CommandRun make(Path out, Path dump, Object... more) {
        List<Object> words = new ArrayList<>(List.of(
                "bundle",
                "--out",
                out,
                "--dump",
                dump,
                "--public-key",
                TestLog.publicKey(),
                "--log",
                sealedFolder(),
                "--log-key",
                logKey()));
        words.addAll(List.of(more));
        return CommandRun.of(words.toArray());
    }

    /** A bundle of this vote. */
    Path bundle(Object... more) throws IOException {
        Path out = Files.createTempDirectory(dir, "out").resolve("vote.zip");
        CommandRun run = make(out, dump(), more);
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        return out;
    }

    /** What somebody has of this vote by another road: announcement and keys. */
    Path mine() throws IOException {
        Path mine = Files.createTempDirectory(dir, "mine");
        CommandRun run =
                CommandRun.of("announce", "--dump", dump(), "--public-key", TestLog.publicKey(), "--log-key", logKey());
        assertThat(run.exitCode()).as(run.err()).isZero();
        Files.writeString(mine.resolve("announcement.json"), run.out());
        Files.writeString(mine.resolve("public-keys.txt"), TestLog.publicKey() + "\n");
        Files.writeString(mine.resolve("log-keys.txt"), logKey().replace(' ', '\n') + "\n");
        return mine;
    }

    /** Checks a bundle. */
    static CommandRun verify(Path bundle, Object... more) {
        List<Object> words = new ArrayList<>(List.of("verify-bundle", bundle));
        words.addAll(List.of(more));
        return CommandRun.of(words.toArray());
    }

    /** The number of leaves of a tree. */
    long leaves(SealedLog tree) throws IOException {
        return sealed.checkpoint(tree).size();
    }

    /** How many records a partition of votes has. */
    int end(int partition) {
        return log.records(Topics.VOTES, partition).size();
    }
}
