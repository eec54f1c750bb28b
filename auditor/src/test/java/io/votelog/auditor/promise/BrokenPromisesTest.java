// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.promise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.auditor.CommandRun;
import io.votelog.auditor.PublishedLog;
import io.votelog.auditor.TestLog;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.seal.TestSealedLog;
import io.votelog.auditor.source.CountedOffsets;
import io.votelog.auditor.source.DumpSource;
import io.votelog.auditor.source.DumpWriter;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.tlog.TlogProof;
import io.votelog.auditor.verify.ProofDocument;
import io.votelog.events.VoteCast;
import io.votelog.infra.testing.Python;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topics;
import io.votelog.schemas.hash.Merkle;
import io.votelog.schemas.promise.PromisedVote;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an operator does to a log whose votes were promised, before it decides, counts and publishes all of it anew: nothing but the
 * promises is against that.
 */
class BrokenPromisesTest {
    private static final BallotDefinition FRUITS = TestLog.fruits();
    private static final Path RECOUNT = Path.of("recount.py");

    @TempDir
    Path dir;

    private final PromisingGateway gateway = new PromisingGateway(new Random(3), TestLog.SIGNER);
    private final List<String> answers = new ArrayList<>();

    private interface Change {
        void make(TestLog log, BrokenPromisesTest test) throws Exception;
    }

    private TestLog log() {
        TestLog log = new TestLog().publish(FRUITS).add(Topics.BALLOTS, 0, new byte[0], gateway.keyRecord());
        for (int voter = 0; voter < 12; voter++) {
            log.vote(voter, voter, voter % 3 == 0 ? "a1" : "a2", "b1");
        }
        for (int partition = 0; partition < TestLog.PARTITIONS; partition++) {
            answers.addAll(gateway.answers(log.records(Topics.VOTES, partition).stream()
                    .filter(record -> record.key() != null)
                    .map(BrokenPromisesTest::promised)
                    .toList()));
        }
        return log;
    }

    private static PromisedVote promised(ConsumerRecord<byte[], byte[]> record) {
        try {
            VoteCast vote = Events.decode(record.value(), VoteCast.class);
            return new PromisedVote(
                    vote.getBallotId(),
                    new Receipt(Pseudonym.of(record.key()), vote.getVoteId()),
                    record.partition(),
                    record.offset(),
                    record.timestamp(),
                    PromisedVote.recordHash(record.offset(), record.timestamp(), record.key(), record.value()));
        } catch (MalformedEventException e) {
            throw new AssertionError(e);
        }
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                Arguments.of("and the log has nothing there", (Change)
                        (log, test) -> votes(log, 1).remove(4)),
                Arguments.of("and another record stands there", (Change) (log, test) -> {
                    votes(log, 1).remove(4);
                    renumber(log, 1);
                }),
                Arguments.of("and another record stands there", (Change)
                        (log, test) -> log.change(0, 2, vote -> VoteCast.newBuilder(vote)
                                .setChoices(List.of("a3", "b2"))
                                .build())),
                Arguments.of("and the log has it with the time 2021-12-05T12:00:00Z", (Change) (log, test) -> {
                    ConsumerRecord<byte[], byte[]> last =
                            votes(log, 0).get(votes(log, 0).size() - 1);
                    votes(log, 0)
                            .set(
                                    votes(log, 0).size() - 1,
                                    TestLog.record(
                                            Topics.VOTES,
                                            0,
                                            last.offset(),
                                            1_638_705_600_000L,
                                            last.key(),
                                            last.value()));
                }),
                Arguments.of(
                        "stands nowhere in votelog.ballots.v1", (Change) (log, test) -> log.records(Topics.BALLOTS, 0)
                                .removeIf(record -> record.key() != null && record.key().length == 0)));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void shouldBeFoundThoughAllElseFits(String said, Change change) throws Exception {
        TestLog log = log();
        change.make(log, this);
        Path dump = dump(log);

        CommandRun replayed =
                CommandRun.of("replay", "--dump", dump, "--public-key", TestLog.publicKey(), "--promises", promises());
        assertThat(replayed.out()).contains("FAIL").contains(said);
        assertThat(replayed.exitCode()).isEqualTo(1);
        assertThat(recounted(dump)).isEqualTo(1);
        // At least one voter can prove it alone; one whose place is behind the end of a dump cannot.
        List<Integer> exitCodes = new ArrayList<>();
        for (String answer : answers) {
            Path file = Files.writeString(dir.resolve("answer.json"), answer);
            exitCodes.add(CommandRun.of("promise", "--dump", dump, "--public-key", TestLog.publicKey(), file)
                    .exitCode());
        }
        assertThat(exitCodes).contains(1).isSubsetOf(0, 1, 3);
    }

    @Test
    void shouldNotAccuseAnHonestLog() throws Exception {
        Path dump = dump(log());

        CommandRun replayed =
                CommandRun.of("replay", "--dump", dump, "--public-key", TestLog.publicKey(), "--promises", promises());
        assertThat(replayed.out())
                .contains("12 promises")
                .contains("Verified: all")
                .doesNotContain("FAIL");
        assertThat(replayed.exitCode()).isZero();
        assertThat(recounted(dump)).isZero();
        for (String answer : answers) {
            Path file = Files.writeString(dir.resolve("answer.json"), answer);
            CommandRun alone = CommandRun.of("promise", "--public-key", TestLog.publicKey(), file);
            assertThat(alone.out()).contains("NOT ASKED", "signed by " + gateway.keyText());
            assertThat(alone.exitCode()).isZero();
            assertThat(CommandRun.of("promise", "--dump", dump, "--public-key", TestLog.publicKey(), file)
                            .exitCode())
                    .isZero();
        }
    }

    /** Without the log: the sealed log alone, which anybody can read, convicts, and leaves a proof that others can look at. */
    @Test
    void shouldBeHeldAgainstTheSealedLogAlone() throws Exception {
        TestLog log = log();
        seal(log, "honest");
        for (String answer : answers) {
            assertThat(heldToSealed("honest", answer).exitCode()).isZero();
        }
        votes(log, 1).remove(4);
        renumber(log, 1);
        log.change(0, 2, vote -> VoteCast.newBuilder(vote)
                .setChoices(List.of("a3", "b2"))
                .build());
        ConsumerRecord<byte[], byte[]> first = votes(log, 1).get(1);
        votes(log, 1).set(1, TestLog.record(Topics.VOTES, 1, 1, first.timestamp() + 1, first.key(), first.value()));
        seal(log, "forged");
        List<Integer> exitCodes = new ArrayList<>();
        for (String answer : answers) {
            CommandRun held = heldToSealed("forged", answer);
            exitCodes.add(held.exitCode());
            Path evidence = dir.resolve("answer.json.broken.json");
            assertThat(Files.exists(evidence)).isEqualTo(held.exitCode() == 1);
            if (held.exitCode() == 1) {
                assertThat(held.out()).contains("another record is sealed there");
                // It shows what stands there, and is no proof of this voter's vote.
                CommandRun checked = CommandRun.of(
                        "verify-receipt",
                        ProofDocument.read(evidence).receipt(),
                        evidence,
                        "--log-key",
                        TestSealedLog.vkeys());
                assertThat(checked.exitCode()).isEqualTo(1);
                assertThat(checked.out())
                        .contains("The leaf is of this receipt's vote")
                        .containsPattern("PASS +The leaf of the vote is in the tree of votes");
                Files.delete(evidence);
            }
        }
        // One vote was changed, one has another time, and behind the one that is gone each stands where another was
        // promised.
        assertThat(exitCodes.stream().filter(code -> code == 1).count()).isGreaterThan(2);
        // The last one is behind the end of what is sealed.
        assertThat(exitCodes).containsOnlyOnce(3).contains(0);
    }

    /** Whoever shows no verdicts, or keeps files in the way, is convicted all the same; and nothing that is kept is lost. */
    @Test
    void shouldConvictWithoutVerdictsAndOverwriteNothing() throws Exception {
        TestLog log = log();
        log.change(0, 2, vote -> VoteCast.newBuilder(vote)
                .setChoices(List.of("a3", "b2"))
                .build());
        seal(log, "forged");
        String broken = answers.stream()
                .filter(answer -> answer.contains("\"partition\":0,\"offset\":2,"))
                .findFirst()
                .orElseThrow();
        Files.delete(dir.resolve("forged/verdicts/checkpoint"));
        CommandRun withoutVerdicts = heldToSealed("forged", broken);
        assertThat(withoutVerdicts.exitCode()).isEqualTo(1);
        Path evidence = dir.resolve("answer.json.broken.tlog-proof");
        String kept = Files.readString(evidence);
        assertThat(TlogProof.parse(kept)
                        .includes(new Merkle()
                                .leaf(Arrays.copyOfRange(
                                        TlogProof.parse(kept).extra().orElseThrow(),
                                        32,
                                        TlogProof.parse(kept).extra().orElseThrow().length))))
                .isTrue();
        Files.writeString(evidence, "mine");
        CommandRun again = heldToSealed("forged", broken);
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("is not kept", "it is there already");
        assertThat(Files.readString(evidence)).isEqualTo("mine");
    }

    private void seal(TestLog log, String name) throws IOException {
        new TestSealedLog(dir.resolve(name), log).seal().sign(TestSealedLog.KEY);
    }

    private CommandRun heldToSealed(String name, String answer) throws IOException {
        Path file = Files.writeString(dir.resolve("answer.json"), answer);
        return CommandRun.of(
                "promise",
                "--public-key",
                TestLog.publicKey(),
                "--sealed-log",
                dir.resolve(name),
                "--log-key",
                TestSealedLog.vkeys(),
                file);
    }

    /** A dump may be older than the promise: that is no proof. A log that is read from its brokers cannot be. */
    @Test
    void shouldNotAccuseADumpThatEndsBeforeThePromise() throws Exception {
        TestLog log = log();
        votes(log, 0).subList(3, votes(log, 0).size()).clear();
        Path dump = dump(log);

        CommandRun replayed =
                CommandRun.of("replay", "--dump", dump, "--public-key", TestLog.publicKey(), "--promises", promises());
        assertThat(replayed.out()).contains("behind the end of this copy").doesNotContain("FAIL");
        assertThat(replayed.exitCode()).isEqualTo(3);
        assertThat(recounted(dump)).isEqualTo(3);
        Report report = new Report("brokers", "kept", "broken");
        new PromiseAudit(growing(new DumpSource(dump))).run(report, KeptPromise.readAll(promises(), TestLog.keys()));
        assertThat(report.exitCode()).isEqualTo(Report.MISMATCH);
    }

    @Test
    void shouldHoldTheOthersWhereALineIsNoPromise() throws Exception {
        Path dump = dump(log());
        answers.add("{\"promise\": {}}");

        CommandRun replayed =
                CommandRun.of("replay", "--dump", dump, "--public-key", TestLog.publicKey(), "--promises", promises());
        assertThat(replayed.out())
                .contains("12 promises", "SKIPPED", "line 13 holds no promise")
                .doesNotContain("FAIL");
        assertThat(replayed.exitCode()).isEqualTo(3);
        assertThat(recounted(dump)).isEqualTo(3);
    }

    @Test
    void shouldBeSaidToBeNoPromiseWhereItIsNone() throws Exception {
        Path dump = dump(log());
        Path file = Files.writeString(
                dir.resolve("answer.json"), answers.get(0).replaceFirst("\"offset\":\\d+", "\"offset\":99"));

        CommandRun run = CommandRun.of("promise", "--dump", dump, "--public-key", TestLog.publicKey(), file);
        assertThat(run.err()).contains("did not sign that; the answer is not as the gateway gave it");
        assertThat(run.exitCode()).isEqualTo(2);
        Files.writeString(dir.resolve("promises.jsonl"), Files.readString(file) + "\n");
        assertThat(recount(dump)).isEqualTo(2);
    }

    /** The same log, as if it were read from its brokers. */
    private static LogSource growing(LogSource source) {
        return (LogSource) Proxy.newProxyInstance(
                LogSource.class.getClassLoader(),
                new Class<?>[] {LogSource.class},
                (proxy, method, arguments) ->
                        method.getName().equals("grows") ? Boolean.TRUE : method.invoke(source, arguments));
    }

    private Path promises() throws IOException {
        return Files.write(dir.resolve("promises.jsonl"), answers);
    }

    private Path dump(TestLog log) throws IOException {
        Path folder = dir.resolve("dump");
        new DumpWriter(PublishedLog.of(log, 2), CountedOffsets.GROUP, folder, new Progress(System.err, false)).write();
        return folder;
    }

    private int recounted(Path dump) throws Exception {
        promises();
        return recount(dump);
    }

    private int recount(Path dump) throws Exception {
        assumeTrue(Python.isHere("recount"));
        Process recount = new ProcessBuilder(
                        "python3",
                        RECOUNT.toString(),
                        "--promises",
                        dir.resolve("promises.jsonl").toString(),
                        dump.toString(),
                        TestLog.publicKey())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("said").toFile())
                .start();
        assertThat(recount.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return recount.exitValue();
    }

    private static List<ConsumerRecord<byte[], byte[]>> votes(TestLog log, int partition) {
        return log.records(Topics.VOTES, partition);
    }

    private static void renumber(TestLog log, int partition) {
        List<ConsumerRecord<byte[], byte[]>> votes = votes(log, partition);
        for (int at = 0; at < votes.size(); at++) {
            ConsumerRecord<byte[], byte[]> one = votes.get(at);
            votes.set(at, TestLog.record(Topics.VOTES, partition, at, one.timestamp(), one.key(), one.value()));
        }
    }
}
