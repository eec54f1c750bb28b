// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.auditor.TestLog;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Step;
import io.votelog.auditor.seal.Leaf;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealingKey;
import io.votelog.auditor.seal.TestSealedLog;
import io.votelog.events.VoteCast;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealedLogAuditTest {
    @TempDir
    private Path dir;

    private final TestLog log = new TestLog();
    private Path sealed;

    @BeforeEach
    void castVotes() {
        sealed = dir.resolve("sealed");
        log.publish(TestLog.fruits());
        for (int voter = 0; voter < 700; voter++) {
            log.vote(voter, voter, "a1", voter % 3 == 0 ? "b2" : "b1");
        }
        log.vote(5, 5, "a1", "b1").vote(5, 6, "a2", "b1").vote(6, 5_000, "a1");
        log.add(Topics.VOTES, 1, new byte[16], new byte[] {1, 2, 3});
    }

    private TestSealedLog sealedLog() {
        return new TestSealedLog(sealed, log);
    }

    private SealedRecordsCheck.Bounds bounds =
            new SealedRecordsCheck.Bounds(null, Instant.parse("2021-12-05T00:30:00Z"));

    private Report audit(Path state) {
        return audit(TestSealedLog.KEY, log, state);
    }

    private Report audit(SealingKey key, TestLog against, Path state) {
        return new SealedLogAudit(
                        sealed.toString(),
                        key.publicKey(),
                        Optional.empty(),
                        state == null ? null : new SeenCheckpoints(state, key.publicKey()),
                        bounds,
                        new Progress(new PrintStream(PrintStream.nullOutputStream(), true), false))
                .run(against, TestLog.keys());
    }

    private static void assertFails(Report report, String step, String... details) {
        Step failed = report.steps().stream()
                .filter(candidate -> candidate.outcome() == Step.Outcome.FAIL)
                .findFirst()
                .orElseThrow(() -> new AssertionError(report.steps()));
        assertThat(failed.title()).contains(step);
        assertThat(failed.detail()).contains(details);
        assertThat(report.exitCode()).isEqualTo(1);
    }

    private static String statement(String votes, long accepted, TestSealedLog of) throws IOException {
        return """
            {"ballotId":"fruits","definition":"%s","revision":0,
             "turnout":{"received":703,"accepted":%d,"retried":1,"rejected":{"ALREADY_VOTED":1,"TOO_FEW_PICKS":1},"annulled":0},
             "votes":%s,"trees":{"votes":%s,"verdicts":%s}}"""
                .formatted(
                        TestLog.fruits().digestHex(),
                        accepted,
                        votes,
                        head(of, SealedLog.VOTES),
                        head(of, SealedLog.VERDICTS));
    }

    private static String head(TestSealedLog of, SealedLog tree) throws IOException {
        String[] lines = of.checkpoint(tree).text().split("\n");
        return "{\"size\":%s,\"root\":\"%s\"}".formatted(lines[1], lines[2]);
    }

    /** 700 voters with a1; every third of them, 234, with b2. */
    private static final String COUNTED = "[700,0,0,466,234]";

    @Test
    void shouldPassWhatIsHonestAndGrows() throws Exception {
        Path state = dir.resolve("seen.json");
        sealedLog().seal().sign(TestSealedLog.KEY);
        assertThat(audit(state).exitCode()).isEqualTo(Report.INCOMPLETE);

        TestSealedLog grown = sealedLog().seal();
        log.close(TestLog.fruits()).vote(1_000, 1_000, "a1", "b1");
        grown.seal();
        grown.result(statement(COUNTED, 700, grown)).sign(TestSealedLog.KEY);
        Report report = audit(state);

        assertThat(report.steps())
                .allMatch(step ->
                        step.outcome() == Step.Outcome.PASS || step.title().endsWith(" is cosigned"));
        assertThat(report.exitCode()).isEqualTo(Report.PASSED);
    }

    @Test
    void shouldFindAnotherHistoryThanTheOneThatWasSeen() throws Exception {
        Path state = dir.resolve("seen.json");
        sealedLog().seal().sign(TestSealedLog.KEY);
        audit(state);

        log.change(
                0,
                9,
                vote -> vote.getChoices().contains("b1")
                        ? VoteCast.newBuilder(vote)
                                .setChoices(List.of("a1", "b2"))
                                .build()
                        : VoteCast.newBuilder(vote)
                                .setChoices(List.of("a1", "b1"))
                                .build());
        log.vote(2_000, 2_000, "a1", "b1");
        sealedLog().seal().sign(TestSealedLog.KEY);

        assertFails(audit(state), "What was seen before still stands", "its history was changed");
    }

    @Test
    void shouldFindThatItShrank() throws Exception {
        Path state = dir.resolve("seen.json");
        sealedLog().seal().sign(TestSealedLog.KEY);
        audit(state);
        log.records(Topics.VOTES, 0).remove(log.records(Topics.VOTES, 0).size() - 1);
        sealedLog().seal().sign(TestSealedLog.KEY);

        assertFails(audit(state), "What was seen before still stands", "had 707 leaves", "shown with 706");
    }

    /** A cache, or a sealer that follows another one, may show what it was: the beginning of what was seen contradicts nothing. */
    @Test
    void shouldNotAccuseALogThatIsShownAsItWasBefore() throws Exception {
        Path state = dir.resolve("seen.json");
        TestSealedLog growing = sealedLog().seal(200, 200).sign(TestSealedLog.KEY);
        Map<SealedLog, byte[]> before = new EnumMap<>(SealedLog.class);
        for (SealedLog tree : SealedLog.values()) {
            before.put(tree, Files.readAllBytes(tree.folder(sealed).resolve("checkpoint")));
        }
        growing.seal().sign(TestSealedLog.KEY);
        audit(state);
        byte[] kept = Files.readAllBytes(state);
        for (SealedLog tree : SealedLog.values()) {
            Files.write(tree.folder(sealed).resolve("checkpoint"), before.get(tree));
        }

        Report report = audit(TestSealedLog.KEY, null, state);
        assertThat(report.steps()).noneMatch(step -> step.outcome() == Step.Outcome.FAIL);
        assertThat(report.steps())
                .anyMatch(step -> step.title().equals("What was seen before still stands")
                        && step.outcome() == Step.Outcome.SKIPPED
                        && step.detail().contains("which are the beginning of those"));
        assertThat(report.exitCode()).isEqualTo(Report.INCOMPLETE);
        assertThat(Files.readAllBytes(state)).isEqualTo(kept);
    }

    @Test
    void shouldFindALogSignedByAnother() {
        sealedLog().seal().sign(SealingKey.generate("example.org/votelog"));

        assertFails(audit(null), "The tree of votes is signed", "is not signed with the key");
    }

    @Test
    void shouldFindAFlippedVerdict() {
        TestSealedLog lying = sealedLog();
        lying.lie = (offset, leaf) ->
                leaf instanceof Leaf.Verdict verdict && verdict.reason().equals("ALREADY_VOTED")
                        ? new Leaf.Verdict(verdict.partition(), offset, "ACCEPTED", "")
                        : leaf;
        lying.seal().sign(TestSealedLog.KEY);

        assertFails(audit(null), "Each sealed verdict", "sealed ACCEPTED, found here REJECTED ALREADY_VOTED");
    }

    @Test
    void shouldFindAVoteThatIsSaidToBeNoVote() {
        TestSealedLog lying = sealedLog();
        lying.lie = (offset, leaf) -> offset == 7 && leaf instanceof Leaf.Verdict verdict
                ? new Leaf.PutAside(verdict.partition(), offset, "UNDECODABLE")
                : leaf;
        lying.seal().sign(TestSealedLog.KEY);

        assertFails(audit(null), "Each sealed verdict", "offset 7: sealed no vote: UNDECODABLE, found here ACCEPTED");
    }

    @Test
    void shouldFindSwappedLeaves() {
        TestSealedLog swapped = sealedLog().seal();
        Collections.swap(swapped.votes(), 11, 12);
        swapped.sign(TestSealedLog.KEY);

        assertFails(
                audit(null),
                "Both trees hold the same seals",
                "index 11",
                "offset 11, where partition 0, offset 10 belongs");
    }

    @Test
    void shouldFindARecordThatWasChangedAfterItWasSealed() throws Exception {
        sealedLog().seal().sign(TestSealedLog.KEY);
        log.change(1, 30, vote -> VoteCast.newBuilder(vote)
                .setChoices(List.of("a3", "b1"))
                .build());

        assertFails(audit(null), "Each leaf is of the record", "votes partition 1: offset 30 holds another record");
    }

    @Test
    void shouldFindAResultThatIsOffByOne() throws Exception {
        TestSealedLog log = sealedLog();
        this.log.close(TestLog.fruits());
        log.seal().result(statement("[701,0,0,466,234]", 700, log)).sign(TestSealedLog.KEY);

        assertFails(
                audit(null),
                "The sealed result of fruits",
                "votes: sealed [701, 0, 0, 466, 234], counted here [700, 0, 0, 466, 234]");
    }

    /** The first seal is of the result before the correction; who looks in between is told that it is not the last word. */
    @Test
    void shouldWaitForTheResultWithAnAnnulment() throws Exception {
        log.close(TestLog.fruits());
        TestSealedLog sealing = sealedLog().seal();
        sealing.result(statement(COUNTED, 700, sealing));
        log.annul(TestLog.fruits(), 3, 3, "cast with a stolen sign-in");
        sealing.seal().sign(TestSealedLog.KEY);
        Step waiting = audit(null).steps().stream()
                .filter(step -> step.title().contains("The sealed result of fruits"))
                .findFirst()
                .orElseThrow();
        assertThat(waiting.outcome()).isEqualTo(Step.Outcome.SKIPPED);
        assertThat(waiting.detail()).startsWith("1 vote annulled in what is sealed behind it");

        sealing.result(statement("[699,0,0,466,233]", 700, sealing)
                        .replace("\"revision\":0", "\"revision\":1")
                        .replace("\"annulled\":0", "\"annulled\":1"))
                .sign(TestSealedLog.KEY);
        assertThat(audit(null).steps()).noneMatch(step -> step.outcome() == Step.Outcome.FAIL);
    }

    private static String corrected(String votes, int revision, TestSealedLog of) throws IOException {
        return statement(votes, 700, of)
                .replace("\"revision\":0", "\"revision\":" + revision)
                .replace("\"annulled\":0", "\"annulled\":" + revision);
    }

    /** An annulment may come while a result waits for its seal: the result does not count it, and is right all the same. */
    @Test
    void shouldTakeACorrectedResultAsTheCountOfItsTime() throws Exception {
        log.close(TestLog.fruits());
        log.annul(TestLog.fruits(), 3, 3, "cast with a stolen sign-in");
        TestSealedLog sealing = sealedLog().seal();
        sealing.result(statement(COUNTED, 700, sealing));
        sealing.result(corrected("[699,0,0,466,233]", 1, sealing));
        log.annul(TestLog.fruits(), 4, 4, "cast with a stolen sign-in");
        sealing.seal();
        sealing.result(corrected("[698,0,0,465,233]", 2, sealing)).sign(TestSealedLog.KEY);

        assertThat(audit(null).steps())
                .filteredOn(step -> step.title().contains("The sealed result of fruits"))
                .singleElement()
                .satisfies(step -> assertThat(step.outcome()).isEqualTo(Step.Outcome.PASS))
                .satisfies(step ->
                        assertThat(step.detail()).endsWith("; and so were the 2 sealed results that it corrects"));
    }

    @Test
    void shouldFindACorrectedResultThatNoAnnulmentExplains() throws Exception {
        log.close(TestLog.fruits());
        log.annul(TestLog.fruits(), 3, 3, "cast with a stolen sign-in");
        TestSealedLog sealing = sealedLog().seal();
        sealing.result(statement("[700,0,0,467,233]", 700, sealing));
        sealing.result(corrected("[699,0,0,466,233]", 1, sealing)).sign(TestSealedLog.KEY);

        assertFails(
                audit(null),
                "The sealed result of fruits",
                "revision 0, which is corrected since:",
                "votes: sealed [700, 0, 0, 467, 233], counted here [699, 0, 0, 466, 233] with all 1 that were annulled before it");
    }

    /** Who looks again reads the new leaves alone, and knows of the results before them. */
    @Test
    void shouldFindAResultThatIsSealedOnceMoreBehindTheLastLook() throws Exception {
        Path state = dir.resolve("seen.json");
        log.close(TestLog.fruits());
        TestSealedLog sealing = sealedLog().seal();
        sealing.result(statement("[701,0,0,467,234]", 700, sealing)).sign(TestSealedLog.KEY);
        audit(TestSealedLog.KEY, null, state);
        assertThat(audit(TestSealedLog.KEY, null, state).exitCode()).isEqualTo(Report.PASSED);

        sealing.result(statement(COUNTED, 700, sealing)).sign(TestSealedLog.KEY);

        assertFails(
                audit(TestSealedLog.KEY, null, state),
                "Both trees hold the same seals",
                "the result of fruits is sealed with revision 0, and index 709 holds it with revision 0");
    }

    @Test
    void shouldFindAResultOfOtherTrees() throws Exception {
        log.close(TestLog.fruits());
        TestSealedLog sealing = sealedLog().seal();
        String honest = statement(COUNTED, 700, sealing);
        String other = honest.replaceFirst("\"root\":\"[^\"]{4}", "\"root\":\"AAAA");
        sealing.result(other).sign(TestSealedLog.KEY);

        assertFails(audit(null), "Each sealed result names the trees", "the result of fruits");
    }

    @Test
    void shouldPassWithoutTheLogAndNeverCallThatVerified() throws Exception {
        sealedLog().seal().sign(TestSealedLog.KEY);
        Report report = audit(TestSealedLog.KEY, null, null);

        assertThat(report.exitCode()).isEqualTo(Report.PASSED);
        assertThat(report.conclusion()).startsWith("Passed: all 6 steps that were asked for.");
        assertThat(report.steps())
                .filteredOn(step -> step.outcome() == Step.Outcome.NOT_ASKED)
                .extracting(Step::title)
                .containsAll(SealedRecordsCheck.TITLES);
        assertThat(report.conclusion()).doesNotContainIgnoringCase("verified");
    }

    @Test
    void shouldNameTheFileWithAFlippedBit() throws Exception {
        sealedLog().seal().sign(TestSealedLog.KEY);
        try (Stream<Path> files = Files.walk(sealed)) {
            for (Path file : files.filter(file -> file.toString().contains("/tile/") && Files.isRegularFile(file))
                    .toList()) {
                byte[] whole = Files.readAllBytes(file);
                byte[] damaged = whole.clone();
                damaged[whole.length - 20] ^= 0x10;
                Files.write(file, damaged);
                Report report = audit(null);
                assertThat(report.exitCode()).as(file.toString()).isEqualTo(1);
                String tile = file.toString().substring(file.toString().indexOf("tile/"));
                assertThat(report.steps()).anyMatch(step -> step.detail().contains(tile));
                Files.write(file, whole);
            }
        }
    }

    private static Receipt receipt(int voter, int id) {
        return new Receipt(Pseudonym.of(TestLog.voter(voter)), TestLog.voteId(id));
    }

    private ReceiptSearch.Answer answer(Receipt receipt) {
        return new ReceiptSearch(log, sealed.toString(), TestSealedLog.KEY.publicKey()).find(receipt, null);
    }

    private ReceiptProofs proofs(Receipt receipt) {
        return answer(receipt).proofs();
    }

    private static Report check(Receipt receipt, ReceiptProofs proofs) {
        return new ReceiptCheck(TestSealedLog.KEY.publicKey(), Optional.empty()).run(receipt, proofs);
    }

    @Test
    void shouldProveAReceiptAndItsVerdict() {
        sealedLog().seal().sign(TestSealedLog.KEY);

        Report accepted = check(receipt(5, 5), proofs(receipt(5, 5)));
        assertThat(accepted.exitCode()).isZero();
        assertThat(accepted.steps()).extracting(Step::detail).contains("ACCEPTED");
        Report rejected = check(receipt(5, 6), proofs(receipt(5, 6)));
        assertThat(rejected.exitCode()).isEqualTo(5);
        assertThat(rejected.steps()).last().extracting(Step::detail).isEqualTo("REJECTED ALREADY_VOTED");
    }

    /** A vote stays where its ballot's votes go, however many partitions are added. */
    @Test
    void shouldFindAReceiptInALogToWhichPartitionsWereAdded() {
        log.annul(TestLog.fruits(), 7, 7, "cast with a stolen sign-in");
        log.addPartition(Topics.VOTES);
        sealedLog().seal().sign(TestSealedLog.KEY);

        for (int voter = 0; voter < 20; voter++) {
            assertThat(check(receipt(voter, voter), proofs(receipt(voter, voter)))
                            .exitCode())
                    .isEqualTo(voter == 7 ? 6 : 0);
        }
    }

    @Test
    void shouldSayNothingOfTheChoicesInAProof() {
        sealedLog().seal().sign(TestSealedLog.KEY);
        ReceiptProofs mine = proofs(receipt(5, 5));
        byte[] opening = mine.vote().extra().orElseThrow();

        assertThat(new String(opening, StandardCharsets.ISO_8859_1)).doesNotContain("a1", "b1");
        assertThat(opening).hasSize(32 + 13 + 3 * 32);
    }

    @Test
    void shouldRefuseAReceiptForAnotherVote() {
        sealedLog().seal().sign(TestSealedLog.KEY);
        ReceiptProofs mine = proofs(receipt(5, 5));
        ReceiptProofs yours = proofs(receipt(7, 7));

        assertFails(check(receipt(7, 7), mine), "The leaf is of this receipt's vote", "another voter");
        assertFails(check(receipt(5, 6), mine), "The leaf is of this receipt's vote", "another vote");
        assertFails(
                check(receipt(5, 5), new ReceiptProofs(mine.vote(), yours.verdict(), null)),
                "The verdict is on that vote",
                "another record");
    }
}
