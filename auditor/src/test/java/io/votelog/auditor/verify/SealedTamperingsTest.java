// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.votelog.auditor.TestLog;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Step;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.CheckpointFile;
import io.votelog.auditor.seal.CosignatureRequirement;
import io.votelog.auditor.seal.Leaf;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.seal.SealingKey;
import io.votelog.auditor.seal.TestSealedLog;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.Cosigner;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.TlogProof;
import io.votelog.events.VoteCast;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every way in which a sealed log is tampered with here, what is said of it, and the exit code: the table in SEALED-LOG.md, which
 * -Dvotelog.write-tables=true writes anew.
 */
class SealedTamperingsTest {
    private static final String BEGIN = "<!-- The table below is made by SealedTamperingsTest. -->\n";
    private static final String END = "<!-- The table ends here. -->\n";
    private static final Instant NOW = Instant.parse("2021-12-05T00:30:00Z");

    @TempDir
    private Path dir;

    private final Map<String, Cell> rows = new LinkedHashMap<>();
    private int number;

    private record Cell(String says, int exitCode) {}

    /** A log with 700 votes in two partitions, and where it is sealed. */
    private final class Made {
        private final TestLog log = new TestLog();
        private final Path folder = dir.resolve("sealed" + number++);
        private final TestSealedLog sealed = new TestSealedLog(folder, log);
        private Path state;
        private Long mostUnsealed;
        private Optional<CosignatureRequirement> requirement = Optional.empty();
        private String at = folder.toString();
        private boolean withLog = true;

        Made() {
            log.publish(TestLog.fruits());
            votes(0, 700);
            log.vote(5, 5, "a1", "b1").vote(5, 6, "a2", "b1");
        }

        void votes(int from, int to) {
            for (int voter = from; voter < to; voter++) {
                log.vote(voter, voter, "a1", voter % 3 == 0 ? "b2" : "b1");
            }
        }

        Made signed() {
            sealed.sign(TestSealedLog.KEY);
            return this;
        }

        long end(int partition) {
            return log.records(Topics.VOTES, partition).size();
        }

        Made result() throws IOException {
            sealed.result(statement(sealed));
            return this;
        }

        Report audit() {
            SealedLogKey key = TestSealedLog.KEY.publicKey();
            return new SealedLogAudit(
                            at,
                            key,
                            requirement,
                            state == null ? null : new SeenCheckpoints(state, key),
                            new SealedRecordsCheck.Bounds(mostUnsealed, NOW),
                            new Progress(new PrintStream(PrintStream.nullOutputStream(), true), false, false))
                    .run(withLog ? log : null, withLog ? TestLog.keys() : null);
        }
    }

    private static String statement(TestSealedLog of) throws IOException {
        return """
            {"ballotId":"fruits","definition":"%s","revision":0,
             "turnout":{"received":702,"accepted":700,"retried":1,"rejected":{"ALREADY_VOTED":1},"annulled":0},
             "votes":[700,0,0,466,234],"trees":{"votes":%s,"verdicts":%s}}"""
                .formatted(TestLog.fruits().digestHex(), head(of, SealedLog.VOTES), head(of, SealedLog.VERDICTS));
    }

    private static String head(TestSealedLog of, SealedLog tree) throws IOException {
        String[] lines = of.checkpoint(tree).text().split("\n");
        return "{\"size\":%s,\"root\":\"%s\"}".formatted(lines[1], lines[2]);
    }

    private void row(String what, Made made) {
        row(what, made, "");
    }

    private void row(String what, Made made, String step) {
        Cell cell;
        try {
            Report report = made.audit();
            cell = new Cell(says(report, step), report.exitCode());
        } catch (AuditException | TlogException e) {
            cell = new Cell(String.valueOf(e.getMessage()), Report.NOT_RUN);
        }
        put(what, cell);
    }

    private void put(String what, Cell cell) {
        String says = cell.says()
                .replace(dir.toString(), "…")
                .replaceAll("http://[^/]*", "http://…")
                .replaceAll("sealed[0-9]+", "sealed")
                .replaceAll("[A-Za-z0-9+/]{42}[A-Za-z0-9+/]=", "…")
                .replaceAll("\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]+", "+…")
                .replace("|", "\\|");
        assertThat(rows.put(what, new Cell(says, cell.exitCode()))).as(what).isNull();
    }

    /** The first step that failed; or else that was skipped; or else the one of this name, or the whole. */
    private static String says(Report report, String step) {
        return report.steps().stream()
                .filter(one -> one.outcome() == Step.Outcome.FAIL)
                .findFirst()
                .or(() -> report.steps().stream()
                        .filter(one -> !step.isEmpty() && one.title().contains(step))
                        .findFirst())
                .map(one -> "%s %s: %s"
                        .formatted(
                                one.outcome().text(),
                                one.title(),
                                String.join("; ", one.detail().lines().toList())))
                .orElseGet(report::conclusion);
    }

    @Test
    void shouldSayWhatTheTableSays() throws Exception {
        unsealed();
        changed();
        notRead();
        cosigned();
        receipts();
        StringBuilder table = new StringBuilder("\n| what was done | what is said | exit code |\n|---|---|---|\n");
        rows.forEach((what, cell) ->
                table.append("| %s | %s | %d |%n".formatted(what, cell.says().strip(), cell.exitCode())));
        Path page = Path.of("SEALED-LOG.md");
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
    }

    private void unsealed() throws IOException {
        Made honest = new Made();
        honest.sealed.seal();
        row("nothing; the log itself is given", honest.signed());
        honest.withLog = false;
        row("nothing; the log itself is not given", honest);

        Made behind = new Made();
        behind.sealed.seal(behind.end(0) - 20, behind.end(1));
        behind.signed();
        row("20 records of an open ballot are not sealed", behind, SealedRecordsCheck.UNSEALED);
        behind.mostUnsealed = 10L;
        row("the same, with `--max-unsealed 10`", behind);

        Made one = new Made();
        one.sealed.seal(one.end(0));
        row("the seals are of one partition, and the log has two", one.signed());

        Made added = new Made();
        added.sealed.seal();
        added.log.addPartition(Topics.VOTES);
        row("nothing; a partition was added to votes, and is empty", added.signed(), SealedRecordsCheck.PARTITIONS);
        added.votes(4_000, 4_020);
        added.log.add(Topics.VOTES, 2, TestLog.voter(1), new byte[] {1, 2, 3});
        added.sealed.seal();
        row("nothing; and it is sealed with the others from then on", added.signed(), SealedRecordsCheck.PARTITIONS);

        Made ignored = new Made();
        ignored.sealed.seal();
        ignored.log.addPartition(Topics.VOTES).add(Topics.VOTES, 2, TestLog.voter(1), new byte[] {1, 2, 3});
        ignored.votes(3_000, 3_700);
        ignored.sealed.seal(ignored.end(0), ignored.end(1));
        row("a partition was added to votes, and the seals go on without what stands there", ignored.signed());

        Made passedOver = new Made();
        passedOver.sealed.seal(20, 20).seal(passedOver.end(0), 20);
        row("the seals go on and pass one partition over", passedOver.signed());

        Made late = new Made();
        late.log.close(TestLog.fruits());
        late.sealed.seal();
        late.result();
        late.log.vote(2_000, 2_000, "a1", "b1");
        row("a record behind the final sealed result of the only ballot is not sealed", late.signed());

        Made leftOut = new Made();
        leftOut.log.close(TestLog.fruits()).finalResults(TestLog.fruits(), 0);
        leftOut.votes(3_000, 3_700);
        leftOut.sealed.seal();
        row("a final result is not sealed, and the sealing goes on", leftOut.signed());

        Made early = new Made();
        early.sealed.seal();
        early.result();
        early.log.close(TestLog.fruits());
        early.sealed.seal();
        row("a result is sealed before the end of its ballot is", early.signed());
    }

    private void changed() throws Exception {
        Made flipped = new Made();
        flipped.sealed.lie = (offset, leaf) ->
                leaf instanceof Leaf.Verdict verdict && verdict.reason().equals("ALREADY_VOTED")
                        ? new Leaf.Verdict(verdict.partition(), offset, "ACCEPTED", "")
                        : leaf;
        flipped.sealed.seal();
        row("a rejected vote is sealed as accepted", flipped.signed());

        results();

        Made choice = new Made();
        choice.sealed.seal();
        choice.signed();
        change(choice);
        row("a choice in the log is changed after it was sealed", choice);

        Made cut = new Made();
        cut.sealed.seal();
        cut.signed();
        cut.log.records(Topics.VOTES, 1).remove((int) cut.end(1) - 1);
        row("the log is cut behind what is sealed", cut);

        Made history = new Made();
        history.state = dir.resolve("state");
        history.sealed.seal();
        history.signed().audit();
        change(history);
        history.log.vote(2_000, 2_000, "a1", "b1");
        new TestSealedLog(history.folder, history.log).seal().sign(TestSealedLog.KEY);
        row("the log is changed and sealed anew, for who kept `--state`", history);

        Made shorter = new Made();
        shorter.state = dir.resolve("state-shorter");
        shorter.sealed.seal();
        shorter.signed().audit();
        shorter.log.records(Topics.VOTES, 0).remove((int) shorter.end(0) - 1);
        new TestSealedLog(shorter.folder, shorter.log).seal().sign(TestSealedLog.KEY);
        row("it is cut and sealed anew, for who kept `--state`", shorter);

        Made another = new Made();
        another.sealed.seal().sign(SealingKey.generate("example.org/votelog"));
        row("it is signed with another key", another);

        Made bit = new Made();
        bit.sealed.seal();
        bit.signed();
        Path tile = bit.folder.resolve("votes/tile/0/001");
        byte[] bytes = Files.readAllBytes(tile);
        bytes[77] ^= 4;
        Files.write(tile, bytes);
        row("a bit of a tile is flipped", bit);
    }

    private void results() throws IOException {
        Made twice = ended();
        twice.sealed.result(statement(twice.sealed).replace("[700,0,0,466,234]", "[900,0,0,466,434]"));
        row(
                "two results of one revision are sealed, the second of them right",
                twice.result().signed());

        Made corrected = ended();
        corrected.sealed.result(statement(corrected.sealed).replace("[700,0,0,466,234]", "[900,0,0,466,434]"));
        corrected.log.annul(TestLog.fruits(), 7, 7, "cast with a stolen sign-in");
        corrected.sealed.seal();
        corrected.sealed.result(statement(corrected.sealed)
                .replace("[700,0,0,466,234]", "[699,0,0,465,234]")
                .replace("\"revision\":0", "\"revision\":1")
                .replace("\"annulled\":0", "\"annulled\":1"));
        row("a false result is sealed, and a right one of the next revision after an annulment", corrected.signed());

        Made ahead = ended();
        ahead.sealed.result(statement(ahead.sealed)
                .replace("\"revision\":0", "\"revision\":5")
                .replace("\"annulled\":0", "\"annulled\":5"));
        row("a sealed result is of a revision that no annulment made", ahead.signed());

        Made reason = ended();
        reason.sealed.result(
                statement(reason.sealed).replace("\"ALREADY_VOTED\":1", "\"ALREADY_VOTED\":1,\"UNSPECIFIED\":500"));
        row("a sealed result has 500 votes rejected for a reason that there is not", reason.signed());

        Made doubled = ended();
        doubled.sealed.result(
                statement(doubled.sealed).replace("\"ALREADY_VOTED\":1", "\"ALREADY_VOTED\":500,\"ALREADY_VOTED\":1"));
        row("a sealed result gives a number twice", doubled.signed());
    }

    /** Its ballot is closed, and all of it is sealed. */
    private Made ended() {
        Made made = new Made();
        made.log.close(TestLog.fruits());
        made.sealed.seal();
        return made;
    }

    private static void change(Made made) throws Exception {
        made.log.change(0, 9, vote -> VoteCast.newBuilder(vote)
                .setChoices(List.of("a3", "b1"))
                .build());
    }

    private void notRead() throws Exception {
        Made missing = new Made();
        missing.sealed.seal();
        missing.signed();
        Files.delete(missing.folder.resolve("votes/tile/0/001"));
        row("a tile is not there", missing);

        Made endless = new Made();
        endless.sealed.seal();
        endless.signed();
        Path tile = endless.folder.resolve("votes/tile/0/001");
        Files.delete(tile);
        Files.createSymbolicLink(tile, Path.of("/dev/zero"));
        row("a tile is a link to a device without an end", endless);
        Files.delete(tile);

        Made refused = new Made();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "3600");
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        server.start();
        try {
            refused.at = "http://127.0.0.1:" + server.getAddress().getPort() + "/log";
            row("the server answers 503, with `Retry-After: 3600`", refused);
        } finally {
            server.stop(0);
        }

        Made state = new Made();
        state.sealed.seal();
        state.signed();
        state.state = Files.writeString(
                dir.resolve("forged-state"),
                Texts.JSON.writeValueAsString(
                        Map.of("votes", forged(SealedLog.VOTES), "verdicts", forged(SealedLog.VERDICTS))));
        row("the file of `--state` has checkpoints that the log did not sign", state);
    }

    private static String forged(SealedLog tree) {
        SealingKey other = SealingKey.generate("example.org/votelog");
        String text = new Checkpoint(other.of(tree).verifier().name(), 900, new byte[32]).text();
        SignedNote note = new SignedNote(text, List.of()).with(other.of(tree).sign(text));
        return new String(note.bytes(), StandardCharsets.UTF_8);
    }

    private void cosigned() throws IOException {
        Cosigner witness = new Cosigner("witness.example/w1");
        Policy policy = policy("witness w1 %s\nquorum w1\n".formatted(witness.vkey()));
        CosignatureRequirement fresh = CosignatureRequirement.asOf(NOW, policy, Duration.ofDays(1));
        row("no witness has cosigned it, and the policy asks for one", cosigned(witness, fresh, null));
        row(
                "it was cosigned in 2019, with `--max-cosignature-age 1d`",
                cosigned(witness, fresh, Instant.parse("2019-01-01T00:00:00Z")));
        row(
                "it was cosigned in the year 9999",
                cosigned(
                        witness,
                        CosignatureRequirement.asOf(NOW, policy, null),
                        Instant.parse("9999-01-01T00:00:00Z")));
        Made good = cosigned(witness, fresh, NOW.minusSeconds(60));
        row("nothing; it was cosigned a minute ago", good, "The tree of votes is cosigned");

        String unknown =
                "+07" + "0".repeat(6) + "+" + Base64.getEncoder().encodeToString(concat((byte) 7, new byte[1312]));
        Policy any = policy("witness w1 %s\nwitness pq pq.example/w%s\ngroup either any pq w1\nquorum either\n"
                .formatted(witness.vkey(), unknown));
        row(
                "nothing; another witness of the same `any` group has a key of a type that is not known",
                cosigned(witness, CosignatureRequirement.asOf(NOW, any, null), NOW.minusSeconds(60)),
                "The tree of votes is cosigned");
    }

    private static byte[] concat(byte first, byte[] rest) {
        byte[] all = new byte[1 + rest.length];
        all[0] = first;
        System.arraycopy(rest, 0, all, 1, rest.length);
        return all;
    }

    /** It names both trees: each has a key of its own, which the format wants. */
    private static Policy policy(String rest) {
        String logs = "log %s\nlog %s\n"
                .formatted(
                        TestSealedLog.KEY.publicKey().votes().vkey(),
                        TestSealedLog.KEY.publicKey().verdicts().vkey());
        return Policy.parse((logs + rest).getBytes(StandardCharsets.UTF_8));
    }

    private Made cosigned(Cosigner witness, CosignatureRequirement asked, Instant time) {
        Made made = new Made();
        made.sealed.seal();
        made.signed();
        made.requirement = Optional.of(asked);
        for (SealedLog tree : SealedLog.values()) {
            if (time != null) {
                CheckpointFile file = new CheckpointFile(tree.folder(made.folder));
                SignedNote note = file.shown();
                file.show(note.with(witness.cosign(note.text(), time.getEpochSecond())));
            }
        }
        return made;
    }

    private void receipts() {
        Made made = new Made();
        made.log.annul(TestLog.fruits(), 7, 7, "cast with a stolen sign-in");
        made.log.annul(TestLog.fruits(), 5, 6, "asked for by the voter");
        made.sealed.seal();
        made.signed();
        ReceiptProofs accepted = proofs(made, receipt(6, 6));
        receipt("`verify-receipt` of an accepted vote", receipt(6, 6), accepted);
        receipt("`verify-receipt` of a rejected vote", receipt(5, 6), proofs(made, receipt(5, 6)));
        long retry = made.log.records(Topics.VOTES, partition(5)).stream()
                .filter(record -> Arrays.equals(record.key(), TestLog.voter(5)))
                .skip(1)
                .findFirst()
                .orElseThrow()
                .offset();
        receipt(
                "`verify-receipt` of a vote that repeats an accepted one",
                receipt(5, 5),
                new ReceiptSearch(made.log, made.at, TestSealedLog.KEY.publicKey())
                        .find(receipt(5, 5), retry)
                        .proofs());
        ReceiptProofs annulled = proofs(made, receipt(7, 7));
        receipt("`verify-receipt --annulment` of an annulled vote", receipt(7, 7), annulled);
        receipt(
                "`verify-receipt --annulment` with the annulment of another vote",
                receipt(6, 6),
                new ReceiptProofs(accepted.vote(), accepted.verdict(), annulled.annulment()));
        ReceiptProofs rejected = proofs(made, receipt(5, 6));
        receipt(
                "`verify-receipt --annulment` of a rejected vote, with an order that names it and changes nothing",
                receipt(5, 6),
                new ReceiptProofs(rejected.vote(), rejected.verdict(), annulment(made, receipt(5, 6))));
        receipt("`verify-receipt` with another vote's proofs", receipt(8, 8), accepted);
    }

    /** The proofs of the last order in the log that names this receipt, whatever came of it. */
    private static ReceiptProofs.Annulment annulment(Made made, Receipt receipt) {
        AnnulmentRecord order = made.log.records(Topics.VOTES, receipt.voter().partition(TestLog.PARTITIONS)).stream()
                .flatMap(record -> AnnulmentRecord.of(record).stream())
                .filter(one -> one.isOf(receipt))
                .reduce((first, last) -> last)
                .orElseThrow();
        try (SealedTreeView votes = SealedTreeView.open(SealedLog.VOTES, made.at);
                SealedTreeView verdicts = SealedTreeView.open(SealedLog.VERDICTS, made.at)) {
            long index = SealIndex.read(votes.reader(), votes.checkpoint().size())
                    .indexOf(order.record().partition(), order.record().offset())
                    .orElseThrow();
            return new ReceiptProofs.Annulment(
                    new TlogProof(
                            Optional.of(order.bytes()), index, votes.reader().inclusion(index), votes.note()),
                    new TlogProof(
                            Optional.of(verdicts.reader().entry(index)),
                            index,
                            verdicts.reader().inclusion(index),
                            verdicts.note()));
        }
    }

    private static int partition(int voter) {
        return Pseudonym.partition(TestLog.voter(voter), TestLog.PARTITIONS);
    }

    private static Receipt receipt(int voter, int id) {
        return new Receipt(Pseudonym.of(TestLog.voter(voter)), TestLog.voteId(id));
    }

    private static ReceiptProofs proofs(Made made, Receipt receipt) {
        return new ReceiptSearch(made.log, made.at, TestSealedLog.KEY.publicKey())
                .find(receipt, null)
                .proofs();
    }

    private void receipt(String what, Receipt receipt, ReceiptProofs proofs) {
        Report report = new ReceiptCheck(TestSealedLog.KEY.publicKey(), Optional.empty()).run(receipt, proofs);
        put(what, new Cell(says(report, ""), report.exitCode()));
    }

    /** What the table cannot hold: that it says so for people and for programs. */
    @Test
    void shouldSayTheVerdictToPrograms() throws Exception {
        Made made = new Made();
        made.log.annul(TestLog.fruits(), 7, 7, "cast with a stolen sign-in");
        made.sealed.seal();
        made.signed();
        List<String> said = new ArrayList<>();
        for (Receipt receipt : List.of(receipt(6, 6), receipt(5, 6), receipt(7, 7))) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            new ReceiptCheck(TestSealedLog.KEY.publicKey(), Optional.empty())
                    .run(receipt, proofs(made, receipt))
                    .printTo(new PrintStream(out, true, StandardCharsets.UTF_8), true);
            var document = Texts.JSON.readTree(out.toString(StandardCharsets.UTF_8));
            said.add(document.path("outcome").asString() + " "
                    + document.path("verdict").asString() + " "
                    + document.path("reason").asString(""));
        }
        assertThat(said)
                .containsExactly(
                        "passed ACCEPTED ",
                        "passed REJECTED ALREADY_VOTED",
                        "passed ANNULLED cast with a stolen sign-in");
    }
}
