// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.auditor.CommandRun;
import io.votelog.auditor.PublishedLog;
import io.votelog.auditor.TestLog;
import io.votelog.auditor.files.Hashes;
import io.votelog.auditor.seal.Leaf;
import io.votelog.auditor.seal.SealingKey;
import io.votelog.auditor.seal.TestSealedLog;
import io.votelog.auditor.tlog.Cosigner;
import io.votelog.events.BallotResults;
import io.votelog.events.Outcome;
import io.votelog.events.VoteCast;
import io.votelog.events.VoteDecided;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.BallotFile;
import io.votelog.schemas.Events;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every way in which a bundle is tampered with here, what verify-bundle says of it first, and the exit code: the table in BUNDLE.md,
 * which -Dvotelog.write-tables=true writes anew.
 */
class BundleTamperingsTest {
    private static final String BEGIN = "<!-- The table below is made by BundleTamperingsTest. -->\n";
    private static final String END = "<!-- The table ends here. -->\n";
    private static final long SEED = 21;

    @TempDir
    private Path dir;

    private final Map<String, Cell> rows = new LinkedHashMap<>();
    private Path mine;
    private Object[] road;
    private int votes;

    private record Cell(String says, int exitCode) {}

    /** What somebody does to a log before it is bundled. */
    private interface Change {
        void make(TestVote vote) throws Exception;
    }

    private TestVote honest() throws IOException {
        return TestVote.honest(dir.resolve("vote" + votes++), SEED);
    }

    /** The log is changed behind its seal, and what is published of it is made anew where that is said. */
    private Path changed(Change before, Change after) throws Exception {
        TestVote vote =
                new TestVote(dir.resolve("vote" + votes++), TestVote.drawn(SEED, TestVote.FRUITS), TestVote.FRUITS);
        before.make(vote);
        vote.published().sealed();
        after.make(vote);
        return vote.bundle();
    }

    private void row(String what, Path bundle, Object... more) {
        List<Object> words = new ArrayList<>(List.of(road));
        words.addAll(List.of(more));
        put(what, TestVote.verify(bundle, words.toArray()));
    }

    private void put(String what, CommandRun run) {
        List<String> lines = run.out().lines().toList();
        String said = run.exitCode() == 2
                ? run.err().strip()
                : Stream.of("FAIL", "SKIPPED")
                        .flatMap(outcome -> lines.stream()
                                .filter(line -> line.matches(" ?\\d+ +" + outcome + " .*"))
                                .map(line -> line.strip().replaceAll(" +", " ") + ": "
                                        + lines.get(lines.indexOf(line) + 1).strip()))
                        .findFirst()
                        .orElseGet(() -> lines.get(lines.size() - 1));
        String plain = said.replace(dir.toString(), "…")
                .replaceAll("[0-9a-f]{64}", "…")
                .replaceAll("[A-Za-z0-9+/]{42}[A-Za-z0-9+/]=", "…")
                .replaceAll("\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]+", "+…")
                .replaceAll("0\\.[0-9.]+-SNAPSHOT|0\\.[0-9]+\\.[0-9]+", "X")
                .replace("|", "\\|");
        assertThat(rows.put(what, new Cell(plain, run.exitCode()))).as(what).isNull();
    }

    private static BallotDefinition swapped() {
        String json = TestVote.FRUITS
                .json()
                .replace("\"title\":\"a\"", "\"title\":\"swap\"")
                .replace("\"title\":\"b\"", "\"title\":\"a\"")
                .replace("\"title\":\"swap\"", "\"title\":\"b\"");
        if (BallotFile.JSON.read(json.getBytes(StandardCharsets.UTF_8)) instanceof Ballot.Definition.Valid valid) {
            return BallotDefinition.of(valid.ballot());
        }
        throw new AssertionError(json);
    }

    @Test
    void shouldSayWhatTheTableSays() throws Exception {
        TestVote vote = honest();
        mine = vote.mine();
        road = new Object[] {
            "--expect",
            mine.resolve("announcement.json"),
            "--public-key",
            TestLog.publicKey(),
            "--log-key",
            vote.logKey()
        };
        Path whole = vote.bundle();
        Path open = vote.bundle("--public");
        row("nothing", whole);
        put("nothing; nothing is given by another road", TestVote.verify(whole));
        row("nothing; it is a public bundle", open);
        row(
                "nothing; it is one without tiles",
                vote.bundle("--without-tiles", "--published-at", "https://example.org/log"));
        files(whole);
        forged(whole);
        forgedOpen(open);
        logs();
        others(vote);
        StringBuilder table =
                new StringBuilder("\n| what was done | what `verify-bundle` says first | exit code |\n|---|---|---|\n");
        rows.forEach((what, cell) -> table.append("| %s | %s | %d |%n".formatted(what, cell.says(), cell.exitCode())));
        Path page = Path.of("BUNDLE.md");
        String text = Files.readString(page);
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END);
        String wanted = table.append('\n').toString();
        if (Boolean.getBoolean("votelog.write-tables")) {
            Files.writeString(page, text.substring(0, begin) + wanted + text.substring(end));
        } else {
            assertThat(text.substring(begin, end))
                    .as("-Dvotelog.write-tables=true writes it anew")
                    .isEqualTo(wanted);
        }
        List<String> unfound = rows.entrySet().stream()
                .filter(row -> row.getValue().exitCode() == 0)
                .map(Map.Entry::getKey)
                .toList();
        assertThat(unfound)
                .as("what is not found")
                .containsExactly(
                        "nothing",
                        "nothing; nothing is given by another road",
                        "nothing; it is a public bundle",
                        "nothing; it is one without tiles",
                        "another log with other keys all through; nothing is given by another road");
    }

    /** The hashes are left as they were, or made right. */
    private void files(Path whole) throws IOException {
        row("a file is changed", new Forger(whole).flip("results/fruits.json").pack(dir));
        row("a file is taken out", new Forger(whole).remove("seals.jsonl").pack(dir));
        row("a file is added", new Forger(whole).put("more.txt", "more").pack(dir));
        row(
                "a file is taken out, and the manifest is made right",
                new Forger(whole).remove("seals.jsonl").correct().pack(dir));
        row(
                "a tile is taken out, and the manifest is made right",
                new Forger(whole)
                        .remove("sealed/votes/tile/0/000.p/" + leaves(whole))
                        .correct()
                        .pack(dir));
        row(
                "a file is added, and the manifest is made right",
                new Forger(whole).put("more.txt", "more").correct().pack(dir));
        row(
                "the sums say something else, and the manifest is made right",
                new Forger(whole)
                        .correct()
                        .put(BundlePaths.SUMS, "")
                        .manifest(manifest -> manifest.path("files").forEach(file -> {
                            if (file.path("path").asString().equals(BundlePaths.SUMS)) {
                                ((ObjectNode) file)
                                        .put("bytes", 0)
                                        .put(
                                                "sha256",
                                                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
                            }
                        }))
                        .pack(dir));
    }

    private static String leaves(Path bundle) throws IOException {
        return new Forger(bundle).text("sealed/votes/checkpoint").split("\n")[1];
    }

    /** All hashes are made right again. */
    private void forged(Path whole) throws IOException {
        row(
                "`recount.py` is another program",
                new Forger(whole)
                        .put("recount.py", "print('All verdicts and all numbers are the same.')\n")
                        .correct()
                        .pack(dir));
        row(
                "`CHECKS.md` tells to run something else",
                new Forger(whole)
                        .change("CHECKS.md", text -> text.replace("python3 recount.py", "true"))
                        .correct()
                        .pack(dir));
        row(
                "a title is changed in a definition",
                new Forger(whole)
                        .change("ballots/fruits.json", text -> text.replace("Fruits", "Roots"))
                        .correct()
                        .pack(dir));
        row(
                "a digest is changed in the announcement",
                new Forger(whole)
                        .change(
                                "announcement.json",
                                text -> text.replaceFirst("\"digest\" : \"..", "\"digest\" : \"00"))
                        .correct()
                        .pack(dir));
        row(
                "the key of the log is taken for another one in `keys`",
                new Forger(whole)
                        .put("keys/public-keys.txt", "ZdoKFolsVi5hGMQgZrI8RH/4slZ9ifhVU5ujjjjnP34=\n")
                        .correct()
                        .pack(dir));
        row(
                "a number is changed in the results",
                new Forger(whole)
                        .change(
                                "results/fruits.json",
                                text -> text.replaceFirst("\"accepted\" : \\d+", "\"accepted\" : 9999"))
                        .correct()
                        .pack(dir));
        row(
                "a number is changed in the table for spreadsheets",
                new Forger(whole)
                        .change("results/fruits.csv", text -> text.replaceFirst("a1,\\d+", "a1,9999"))
                        .correct()
                        .pack(dir));
        row(
                "the results of a ballot are taken out",
                new Forger(whole)
                        .remove("results/fruits.json")
                        .remove("results/fruits.csv")
                        .remove("ballots/fruits.json")
                        .manifest(manifest -> manifest.putArray("ballots")
                                .addObject()
                                .put("ballotId", "roots")
                                .put("digest", "0".repeat(64))
                                .put("revision", 0))
                        .put("results/roots.json", "{}")
                        .put("results/roots.csv", "")
                        .put("ballots/roots.json", "{}")
                        .correct()
                        .pack(dir));
        row(
                "a bit of a tile is turned",
                new Forger(whole)
                        .flip("sealed/verdicts/tile/0/000.p/" + leaves(whole))
                        .correct()
                        .pack(dir));
        row(
                "a checkpoint has a signature that its key did not make",
                new Forger(whole)
                        .change(
                                "sealed/votes/checkpoint",
                                text -> text.replaceFirst("(\u2014 \\S+ ........).....", "$1AAAAA"))
                        .correct()
                        .pack(dir));
        row(
                "the checkpoint says fewer leaves",
                new Forger(whole)
                        .change("sealed/votes/checkpoint", text -> text.replaceFirst("\n\\d+\n", "\n3\n"))
                        .correct()
                        .pack(dir));
        row(
                "a seal is taken out of the topic of seals",
                new Forger(whole)
                        .change("seals.jsonl", text -> text.substring(text.indexOf('\n') + 1))
                        .correct()
                        .pack(dir));
        row(
                "a checkpoint in the topic of seals has another root",
                new Forger(whole)
                        .change(
                                "seals.jsonl",
                                text -> text.replaceFirst("(example.org/votelog/votes.n\\d+.n)..", "$1AA"))
                        .correct()
                        .pack(dir));
        row(
                "a sealed statement is left out",
                new Forger(whole).put("results/sealed.jsonl", "").correct().pack(dir));
        row(
                "a byte of the dump is changed, and its manifest is not",
                new Forger(whole)
                        .flip("log/votelog.votes.v1-0.records")
                        .correct()
                        .pack(dir));
        row(
                "a byte of the dump is changed, and both manifests are made right",
                new Forger(whole)
                        .flip("log/votelog.votes.v1-0.records")
                        .correctDump()
                        .correct()
                        .pack(dir));
    }

    private void forgedOpen(Path open) throws IOException {
        row(
                "public: a tally is changed in the export",
                new Forger(open)
                        .change("public/tallies.jsonl", text -> text.replaceFirst("\"votes\":\\d+", "\"votes\":9999"))
                        .change(
                                "public/manifest.json",
                                text -> text.replaceFirst(
                                        "(tallies.jsonl\",\\s*\"rows\" : \\d+,\\s*\"sha256\" : \")[0-9a-f]{64}",
                                        "$1" + sha256(open)))
                        .correct()
                        .pack(dir));
        row(
                "public: the number of late votes is changed in the results",
                new Forger(open)
                        .change("results/fruits.json", text -> text.replaceFirst("\"late\" : \\d+", "\"late\" : 9999"))
                        .correct()
                        .pack(dir));
        row(
                "public: an accepted vote more in the results",
                new Forger(open)
                        .change(
                                "results/fruits.json",
                                text -> text.replaceFirst("\"accepted\" : \\d+", "\"accepted\" : 9999"))
                        .correct()
                        .pack(dir));
    }

    private static String sha256(Path open) {
        try {
            String changed =
                    new Forger(open).text("public/tallies.jsonl").replaceFirst("\"votes\":\\d+", "\"votes\":9999");
            return HexFormat.of().formatHex(Hashes.sha256().digest(changed.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The offset of a vote in partition 0 that was accepted. */
    private static int accepted(TestVote vote) throws Exception {
        for (ConsumerRecord<byte[], byte[]> record : vote.log.records(Topics.DECISIONS, 0)) {
            VoteDecided decided = Events.decode(record.value(), VoteDecided.class);
            if (decided.getOutcome() == Outcome.ACCEPTED) {
                return (int) decided.getVoteOffset();
            }
        }
        throw new AssertionError("none is accepted");
    }

    private static void choose(TestVote vote, int offset) throws Exception {
        vote.log.change(0, offset, one -> VoteCast.newBuilder(one)
                .setChoices(List.of(one.getChoices().contains("a3") ? "a2" : "a3", "b2"))
                .build());
    }

    private static void drop(TestVote vote, int offset) {
        List<ConsumerRecord<byte[], byte[]>> records = vote.log.records(Topics.VOTES, 0);
        records.remove(offset);
        for (int at = offset; at < records.size(); at++) {
            ConsumerRecord<byte[], byte[]> old = records.get(at);
            records.set(
                    at,
                    TestLog.record(Topics.VOTES.name(), 0, at, old.timestamp(), old.key(), old.value(), old.headers()));
        }
    }

    private static void publishAgain(TestVote vote) {
        PublishedLog.of(vote.log, 1);
        vote.sealed.publish();
    }

    /** An operator changes the log, and bundles it. */
    private void logs() throws Exception {
        row("the choice of a vote is changed in the log", changed(vote -> {}, vote -> choose(vote, accepted(vote))));
        row("the same, and all that was published is made anew", changed(vote -> {}, vote -> {
            choose(vote, accepted(vote));
            publishAgain(vote);
        }));
        row("a verdict is turned round in the log", changed(vote -> {}, vote -> {
            List<ConsumerRecord<byte[], byte[]>> decisions = vote.log.records(Topics.DECISIONS, 0);
            ConsumerRecord<byte[], byte[]> old = decisions.get(0);
            VoteDecided decided = VoteDecided.newBuilder(Events.decode(old.value(), VoteDecided.class))
                    .setOutcome(Outcome.RETRIED)
                    .setReason(null)
                    .build();
            decisions.set(
                    0,
                    TestLog.record(
                            old.topic(), 0, 0, old.timestamp(), old.key(), Events.encode(decided), old.headers()));
        }));
        row(
                "a rejected vote is sealed as accepted",
                changed(
                        vote -> vote.sealed.lie = (offset, leaf) -> leaf instanceof Leaf.Verdict verdict
                                        && verdict.outcome().equals("REJECTED")
                                ? new Leaf.Verdict(verdict.partition(), offset, "ACCEPTED", "")
                                : leaf,
                        vote -> {}));
        row(
                "other results are published, and not sealed",
                changed(vote -> {}, vote -> PublishedLog.addResults(vote.log, more(vote.results()))));
        TestVote lied =
                new TestVote(dir.resolve("vote" + votes++), TestVote.drawn(SEED, TestVote.FRUITS), TestVote.FRUITS);
        lied.published();
        PublishedLog.addResults(lied.log, more(lied.results()));
        long[] ends = PublishedLog.ends(lied.log).values().stream()
                .mapToLong(Long::longValue)
                .toArray();
        lied.sealed.seal(ends).result(more(lied.results())).note(TestSealedLog.KEY);
        row("other results are published and sealed", lied.signed().bundle());
        Path dropped = dropped();
        row(
                "a vote is dropped from the log, which is made anew around it, sealed anew and signed with another key",
                dropped);
    }

    private static BallotResults more(BallotResults results) {
        List<Long> votes = new ArrayList<>(results.getVotes());
        votes.set(0, votes.get(0) + 1);
        return BallotResults.newBuilder(results).setVotes(votes).build();
    }

    private Path dropped() throws Exception {
        TestVote vote = new TestVote(
                        dir.resolve("vote" + votes++), TestVote.drawn(SEED, TestVote.FRUITS), TestVote.FRUITS)
                .signedWith(SealingKey.generate("example.org/votelog"));
        drop(vote, 4);
        return vote.published().sealed().bundle();
    }

    /** Another log, consistent in itself. */
    private void others(TestVote vote) throws Exception {
        TestVote titles = new TestVote(dir.resolve("vote" + votes++), TestVote.drawn(SEED, swapped()), swapped());
        row(
                "another log for the same ballot with two titles swapped, signed with the log's own keys",
                titles.published().sealed().bundle());
        TestVote keys = new TestVote(
                        dir.resolve("vote" + votes++), TestVote.drawn(SEED, TestVote.FRUITS), TestVote.FRUITS)
                .signedWith(SealingKey.generate("example.org/votelog"));
        Path other = keys.published().sealed().bundle();
        row("another log with other keys all through", other);
        put("another log with other keys all through; nothing is given by another road", TestVote.verify(other));
        Cosigner witness = new Cosigner("witness.example/w1");
        Path policy = Files.writeString(
                dir.resolve("policy"),
                "log %s\nlog %s\nwitness w1 %s\nquorum w1\n"
                        .formatted(vote.logKey().split(" ")[0], vote.logKey().split(" ")[1], witness.vkey()));
        row("no witness of your policy has cosigned", vote.bundle(), "--policy", policy);
        row("no witness of the bundle's policy has cosigned", vote.bundle("--policy", policy));
    }

    /** Whatever file it is: changed without the manifest, it is named. */
    @Test
    void shouldNameEveryFileThatIsChangedOrMissing() throws IOException {
        Path whole = honest().bundle();
        for (String path : new Forger(whole).files.keySet()) {
            if (path.equals(BundlePaths.MANIFEST)) {
                continue;
            }
            for (Forger forger : Arrays.asList(new Forger(whole).flip(path), new Forger(whole).remove(path))) {
                CommandRun run = TestVote.verify(forger.pack(dir));
                assertThat(run.exitCode()).as(path + run.out()).isEqualTo(1);
                assertThat(run.out())
                        .containsPattern(" 1  FAIL +" + Check.WHOLE.title())
                        .contains(path);
            }
        }
    }
}
