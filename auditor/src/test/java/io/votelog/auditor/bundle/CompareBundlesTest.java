// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.auditor.CommandRun;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.SealingKey;
import io.votelog.auditor.seal.TestSealedLog;
import io.votelog.events.VoteCast;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two bundles of one vote, as two people made or got them. */
class CompareBundlesTest {
    private static final long SEED = 31;

    @TempDir
    private Path dir;

    private static CommandRun compare(Path a, Path b, Object... more) {
        Object[] words = new Object[3 + more.length];
        words[0] = "compare-bundles";
        words[1] = a;
        words[2] = b;
        System.arraycopy(more, 0, words, 3, more.length);
        return CommandRun.of(words);
    }

    private static void assertSays(CommandRun run, int exitCode, String... texts) {
        assertThat(run.out()).as(run.err()).contains(texts);
        assertThat(run.exitCode()).as(run.out()).isEqualTo(exitCode);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {41, 42, 43, 44, 45})
    void shouldFindTwoBundlesOfOneLogTheSame(long seed) throws IOException {
        TestVote vote = TestVote.honest(dir.resolve("vote"), seed);
        Path a = vote.bundle();
        assertSays(compare(a, vote.bundle()), 0, "Verified: all 6 steps passed; both tell the same.");
        CommandRun open = compare(a, vote.bundle("--public"));
        assertSays(open, 0, "NOT ASKED Both have one log", "B is a public one");
        assertThat(open.out()).doesNotContain("Verified");
    }

    /** The log goes on behind the end: late votes, and an annulment that corrects the results. */
    @Test
    void shouldAccuseNobodyWhereOneGoesOn() throws IOException {
        TestVote vote = TestVote.honest(dir.resolve("vote"), SEED);
        Path before = vote.bundle();
        vote.log.vote(300, 300, "a1", "b1").annul(TestVote.FRUITS, 100, 100, "asked for by the voter");
        vote.published();
        vote.sealed.seal(vote.end(0), vote.end(1)).note(TestSealedLog.KEY);
        vote.sealed.result(vote.results()).note(TestSealedLog.KEY);
        Path after = vote.signed().bundle();
        assertSays(
                compare(before, after),
                3,
                "No contradiction: B goes on where A ends.",
                "fruits has revision",
                "is the beginning of sealed/votes/checkpoint of B",
                "A is the beginning of B");
        CommandRun turned = compare(after, before, "--json");
        assertThat(turned.exitCode()).as(turned.out()).isEqualTo(3);
        assertThat(Texts.JSON.readTree(turned.out()).path("relation").asString())
                .isEqualTo("A goes on where B ends");
        Path checkpoints = vote.bundle("--without-tiles", "--published-at", "https://example.org/log");
        assertSays(compare(before, checkpoints), 3, "comes without its tiles: equivocation --log tells");
        assertSays(compare(vote.bundle(), checkpoints), 0, "Verified");
    }

    /** One choice differs, and both histories are signed with the log's key. */
    @Test
    void shouldProveThatTwoHistoriesWereSigned() throws Exception {
        Path a = TestVote.honest(dir.resolve("a"), SEED).bundle();
        TestVote other = new TestVote(dir.resolve("b"), TestVote.drawn(SEED, TestVote.FRUITS), TestVote.FRUITS);
        other.log.change(0, 3, one -> VoteCast.newBuilder(one)
                .setChoices(List.of("a3", "a2", "b2"))
                .build());
        Path b = other.published().sealed().bundle();
        assertThat(TestVote.verify(b).exitCode()).as("each is right in itself").isZero();
        CommandRun run = compare(a, b);
        assertSays(
                run,
                1,
                "entries and have different roots. The log signed both: keep the two files, they are the proof.",
                "A: example.org/votelog/votes at ",
                "B: example.org/votelog/votes at ",
                "first at votelog.votes.v1 partition 0, offset 3",
                "other choices");
        assertSays(
                compare(a, b, "--log-key", TestVote.honest(dir.resolve("c"), 1).logKey()), 1, "FAIL");
    }

    /** The history is another one, and one of them has gone on since. */
    @Test
    void shouldFindAForkOfDifferentLengths() throws Exception {
        Path a = TestVote.honest(dir.resolve("a"), SEED).bundle();
        TestVote other = new TestVote(dir.resolve("b"), TestVote.drawn(SEED, TestVote.FRUITS), TestVote.FRUITS);
        other.log.change(0, 3, one -> VoteCast.newBuilder(one)
                .setChoices(List.of("a3", "a2", "b2"))
                .build());
        other.log.vote(300, 300, "a1", "b1");
        assertSays(
                compare(a, other.published().sealed().bundle()),
                1,
                "sealed/votes/checkpoint of A is no beginning of sealed/votes/checkpoint of B",
                "and the log's tiles, they are the proof.");
    }

    @Test
    void shouldSayWhichKeysBindNobody() throws IOException {
        Path a = TestVote.honest(dir.resolve("a"), SEED).bundle();
        TestVote other = new TestVote(dir.resolve("b"), TestVote.drawn(SEED, TestVote.FRUITS), TestVote.FRUITS)
                .signedWith(SealingKey.generate("example.org/votelog"));
        assertSays(
                compare(a, other.published().sealed().bundle()),
                1,
                "FAIL     Both name one sealed log",
                "so it binds nobody");
    }

    @Test
    void shouldNameOtherResultsAndAnnouncements() throws IOException {
        TestVote vote = TestVote.honest(dir.resolve("vote"), SEED);
        Path a = vote.bundle();
        Path results = new Forger(a)
                .change("results/fruits.json", text -> text.replaceFirst("\"accepted\" : \\d+", "\"accepted\" : 9999"))
                .correct()
                .pack(dir);
        assertSays(compare(a, results), 1, "FAIL     Both have the same final results", "B has 9999");
        Path announced = new Forger(a)
                .change("announcement.json", text -> text.replaceFirst("\"digest\" : \"..", "\"digest\" : \"00"))
                .correct()
                .pack(dir);
        assertSays(compare(a, announced), 1, "FAIL     Both have one announcement", "of fruits A has the definition");
        Path damaged = new Forger(a).flip("seals.jsonl").pack(dir);
        CommandRun run = compare(a, damaged);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("is not what its manifest names, and is not compared: seals.jsonl");
        assertThat(run.err().lines()).hasSize(1);
        assertThat(compare(a, dir.resolve("none")).exitCode()).isEqualTo(2);
    }
}
