// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.auditor.CommandRun;
import io.votelog.auditor.PublishedLog;
import io.votelog.auditor.TestLog;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.source.CountedOffsets;
import io.votelog.auditor.source.Dump;
import io.votelog.auditor.source.DumpWriter;
import io.votelog.auditor.source.LogSource;
import io.votelog.events.BallotResults;
import io.votelog.events.CountedPosition;
import io.votelog.events.Outcome;
import io.votelog.events.ReasonCount;
import io.votelog.events.RejectionReason;
import io.votelog.events.VoteCast;
import io.votelog.events.VoteDecided;
import io.votelog.infra.testing.Python;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.DeadLetters;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Forgeries by somebody who has the whole log and everything that was published about it, and who corrects the hashes
 * of every file. The README has the table of what the auditor and the recount find.
 */
class TamperingTest {
    private static final Path README = Path.of("README.md");
    private static final Path RECOUNT = Path.of("recount.py");
    private static final String BEGIN = "<!-- tampering: made by TamperingTest -->\n";
    private static final String END = "<!-- end of tampering -->";
    private static final String ANNOUNCEMENT = "ANNOUNCEMENT";
    private static final int STAGES = 4;
    private static final BallotDefinition FRUITS = TestLog.fruits();

    @TempDir
    private Path dir;

    private int dumps;

    /** What somebody does to a log. */
    private interface Change {
        void make(TestLog log) throws Exception;
    }

    /** What somebody does to a dump. */
    private interface DumpChange {
        void make(Path dump) throws IOException;
    }

    /**
     * One row of the table.
     *
     * @param what it is, for people
     * @param options that the auditor and the recount are both given
     */
    private record Tampering(
            String what, BallotDefinition ballot, Change change, DumpChange dumpChange, List<String> options) {
        static Tampering of(String what, Change change, String... options) {
            return new Tampering(what, FRUITS, change, dump -> {}, List.of(options));
        }

        static Tampering ofDump(String what, DumpChange change, String... options) {
            return new Tampering(what, FRUITS, log -> {}, change, List.of(options));
        }
    }

    private record Said(int exitCode, String first) {}

    /** Votes of all kinds on one ballot, one on another, an annulment, and an end by order. */
    private static TestLog log() {
        return log(FRUITS);
    }

    private static TestLog log(BallotDefinition fruits) {
        TestLog log = new TestLog()
                .publish(fruits)
                .publish(TestLog.fruits("spring-an", "live"))
                .publish(TestLog.fruits("spring-c0", "live"));
        for (int voter = 0; voter < 16; voter++) {
            log.vote(voter, voter, voter % 3 == 0 ? "a1" : "a2", "b1");
        }
        return log.vote("spring-an", 3, 40, "a1", "b1")
                .vote("spring-an", 4, 41, "a1", "b2")
                .vote(5, 5, "b1", "a2")
                .vote(6, 60, "a3", "b1")
                .vote(7, 70, "a3")
                .vote("no id", 8, 80, "a1", "b1")
                .vote("no id", 9, 81, "a1", "b1")
                .vote("nowhere", 8, 82, "a1", "b1")
                .vote(17, 17, "a3", "b2")
                .annul(fruits, 2, 2, "cast with a stolen sign-in")
                .vote(18, 18, "a3", "b2")
                .vote(19, 19, "a3", "b2")
                .vote(20, 20, "a3", "b2")
                .vote(21, 21, "a3", "b2")
                .close(fruits)
                .vote(22, 22, "a3", "b2");
    }

    private static List<Tampering> tamperings() {
        return List.of(
                Tampering.of("nothing", log -> {}),
                Tampering.of("nothing; the results are asked to be complete", log -> {}, "--complete"),
                Tampering.of("something that is no claim is written to `ballots`", log -> {
                    byte[] published = records(log, Topics.BALLOTS, 0).get(0).value();
                    log.add(Topics.BALLOTS, 0, null, Arrays.copyOf(published, published.length / 2));
                }),
                Tampering.of("a vote is taken out", log -> records(log, Topics.VOTES, 1)
                        .remove(5)),
                Tampering.of("a vote is taken out, and the offsets are made dense again", log -> {
                    records(log, Topics.VOTES, 1).remove(5);
                    number(log, 1);
                }),
                Tampering.of(
                        "the choices of a vote are changed",
                        log -> change(
                                log,
                                Topics.VOTES,
                                VoteCast.class,
                                vote -> vote.getBallotId().equals("fruits"),
                                vote -> VoteCast.newBuilder(vote)
                                        .setChoices(List.of("a3", "b2"))
                                        .build())),
                Tampering.of(
                        "a verdict is turned round",
                        log -> change(
                                log,
                                Topics.DECISIONS,
                                VoteDecided.class,
                                decided -> decided.getOutcome() == Outcome.REJECTED,
                                decided -> VoteDecided.newBuilder(decided)
                                        .setOutcome(Outcome.ACCEPTED)
                                        .setReason(null)
                                        .build())),
                Tampering.of("a verdict is taken out", log -> records(log, Topics.DECISIONS, 1)
                        .remove(3)),
                Tampering.of("a verdict is taken out that the group has passed, and the results have not", log -> {
                    stopAddingUp(log, 1);
                    long to = positions(newest(log)).get(1);
                    records(log, Topics.DECISIONS, 1)
                            .removeIf(
                                    record -> decode(record, VoteDecided.class).getVoteOffset() >= to);
                }),
                Tampering.of(
                        "a verdict names a reason, and accepts",
                        log -> change(
                                log,
                                Topics.DECISIONS,
                                VoteDecided.class,
                                decided -> decided.getOutcome() == Outcome.ACCEPTED,
                                decided -> VoteDecided.newBuilder(decided)
                                        .setReason(RejectionReason.ALREADY_VOTED)
                                        .build())),
                Tampering.of("a verdict has an outcome that there is not", log -> {
                    var verdicts = records(log, Topics.DECISIONS, 0);
                    var one = verdicts.get(0);
                    byte[] value = one.value().clone();
                    int outcome = 10 + 16 + 1 + "fruits".length();
                    assertThat(value[outcome]).isEqualTo((byte) (2 * Outcome.ACCEPTED.ordinal()));
                    // Minus three, as Avro writes it: the third one from the end.
                    value[outcome] = 5;
                    verdicts.set(0, with(one, one.key(), value));
                }),
                Tampering.of(
                        "a verdict names another ballot, whose id has the same `hashCode` in Java",
                        log -> change(
                                log,
                                Topics.DECISIONS,
                                VoteDecided.class,
                                decided -> decided.getBallotId().equals("spring-an"),
                                decided -> VoteDecided.newBuilder(decided)
                                        .setBallotId("spring-c0")
                                        .build())),
                Tampering.of(
                        "a verdict names a vote id with the highest bits of both halves turned",
                        log -> change(
                                log,
                                Topics.DECISIONS,
                                VoteDecided.class,
                                decided -> true,
                                decided -> VoteDecided.newBuilder(decided)
                                        .setVoteId(new UUID(
                                                decided.getVoteId().getMostSignificantBits() ^ Long.MIN_VALUE,
                                                decided.getVoteId().getLeastSignificantBits() ^ Long.MIN_VALUE))
                                        .build())),
                Tampering.of("a verdict stands under another voter's key", log -> {
                    var verdicts = records(log, Topics.DECISIONS, 0);
                    var one = verdicts.get(2);
                    verdicts.set(2, with(one, verdicts.get(3).key(), one.value()));
                }),
                Tampering.of("a vote for what can be no ballot's id was decided", log -> {
                    var letters = records(log, Topics.DEAD_LETTERS, 0);
                    var letter = letters.remove(letters.size() - 1);
                    long offset = Long.parseLong(new String(
                            letter.headers().lastHeader(DeadLetters.OFFSET).value(), StandardCharsets.UTF_8));
                    var vote = records(log, Topics.VOTES, 0).get((int) offset);
                    VoteCast cast = Events.decode(vote.value(), VoteCast.class);
                    VoteDecided decided = VoteDecided.newBuilder(Events.decode(
                                    records(log, Topics.DECISIONS, 0).get(0).value(), VoteDecided.class))
                            .setVoteId(cast.getVoteId())
                            .setBallotId(cast.getBallotId())
                            .setOutcome(Outcome.REJECTED)
                            .setReason(RejectionReason.UNKNOWN_BALLOT)
                            .setVoteOffset(offset)
                            .setRecordedAt(Instant.ofEpochMilli(vote.timestamp()))
                            .build();
                    var verdicts = records(log, Topics.DECISIONS, 0);
                    verdicts.add(TestLog.record(
                            Topics.DECISIONS,
                            0,
                            verdicts.size(),
                            vote.timestamp(),
                            vote.key(),
                            Events.encode(decided)));
                }),
                Tampering.of(
                        "what was put aside is taken out that the group has passed, and the results have not", log -> {
                            stopAddingUp(log, 1);
                            records(log, Topics.DEAD_LETTERS, 0).clear();
                            records(log, Topics.DEAD_LETTERS, 1).clear();
                        }),
                Tampering.of("what was put aside is taken out", log -> {
                    records(log, Topics.DEAD_LETTERS, 0).clear();
                    records(log, Topics.DEAD_LETTERS, 1).clear();
                }),
                Tampering.of(
                        "a total is off by one",
                        log -> changeNewest(log, results -> BallotResults.newBuilder(results)
                                .setAccepted(results.getAccepted() + 1)
                                .setRetried(results.getRetried() - 1)
                                .build())),
                Tampering.of(
                        "results have rejections without a reason beside the counted ones",
                        log -> changeNewest(log, results -> rejecting(results, RejectionReason.UNSPECIFIED, 500))),
                Tampering.of("the rejections for one reason are told in two parts, one of them negative", log -> {
                    ReasonCount one = newest(log).getRejected().get(0);
                    changeNewest(
                            log, results -> rejecting(rejecting(results, one.getReason(), 996), one.getReason(), -996));
                }),
                Tampering.of(
                        "an earlier record of results has the rejections for a reason in two parts, one of them negative",
                        log -> {
                            int which = results(log).size() - 2;
                            ReasonCount one =
                                    results(log).get(which).getRejected().get(0);
                            changeResults(
                                    log,
                                    which,
                                    results ->
                                            rejecting(rejecting(results, one.getReason(), 996), one.getReason(), -996));
                        }),
                Tampering.of("results leave a partition out, and all their numbers fit", log -> {
                    BallotResults newest = newest(log);
                    Map<Integer, Long> positions = PublishedLog.ends(log);
                    positions.put(1, 0L);
                    BallotResults half = PublishedLog.results(log, positions, "fruits");
                    changeNewest(log, results -> half);
                    assertThat(half.getReceived()).isLessThan(newest.getReceived());
                }),
                Tampering.of(
                        "results say that counted records were replaced",
                        log -> changeNewest(log, results -> BallotResults.newBuilder(results)
                                .setReplaced(2)
                                .build())),
                Tampering.of(
                        "results of a live ballot hide the votes of its options",
                        log -> changeNewest(log, results -> BallotResults.newBuilder(results)
                                .setVotes(null)
                                .build())),
                new Tampering(
                        "the ballot is signed anew with two titles swapped, and the log is held to what was announced",
                        swapped(),
                        log -> {},
                        dump -> {},
                        List.of("--expect", ANNOUNCEMENT)),
                Tampering.of(
                        "a partition lacks the definition of a ballot, and another one accepts votes on it", log -> {
                            log.publish(TestLog.fruits("next", "live"));
                            records(log, Topics.VOTES, 1)
                                    .remove(records(log, Topics.VOTES, 1).size() - 1);
                            for (int voter = 30; voter < 40; voter++) {
                                log.vote("next", voter, voter, "a1", "b1");
                            }
                        }),
                Tampering.of("a partition of votes is gone", log -> log.forgetLast(Topics.VOTES)),
                Tampering.of(
                        "votes and results are cut at their end, and the group's position; decisions are kept", log -> {
                            cutVotes(log, 8);
                            keepResults(log, 1);
                            PublishedLog.say(log, PublishedLog.ends(log));
                        }),
                Tampering.of("votes and results are emptied; decisions are kept", log -> {
                    cutVotes(log, 0);
                    keepResults(log, 0);
                    log.counted = null;
                }),
                Tampering.of("votes, decisions and results are cut; what was put aside is kept", log -> {
                    cutVotes(log, 8);
                    for (int partition = 0; partition < TestLog.PARTITIONS; partition++) {
                        records(log, Topics.DECISIONS, partition)
                                .removeIf(record ->
                                        decode(record, VoteDecided.class).getVoteOffset() >= 8);
                    }
                    keepResults(log, 1);
                    PublishedLog.say(log, PublishedLog.ends(log));
                }),
                Tampering.of("all that follows from votes is cut with them; the group's position is kept", log -> {
                    cutVotes(log, 8);
                    for (int partition = 0; partition < TestLog.PARTITIONS; partition++) {
                        records(log, Topics.DECISIONS, partition)
                                .removeIf(record ->
                                        decode(record, VoteDecided.class).getVoteOffset() >= 8);
                        records(log, Topics.DEAD_LETTERS, partition).clear();
                    }
                    keepResults(log, 1);
                }),
                Tampering.of(
                        "the results from before the annulment and the end are put back", log -> keepResults(log, 2)),
                Tampering.of("the same, and how far the groups had come is taken out of the dump", log -> {
                    keepResults(log, 2);
                    log.counted = null;
                    log.merged = null;
                }),
                Tampering.of("the same, and how far the groups had come is put back with them", log -> {
                    keepResults(log, 2);
                    PublishedLog.say(log, positions(newest(log)));
                }),
                Tampering.of(
                        "the same, and the results are asked to be complete",
                        log -> {
                            keepResults(log, 2);
                            log.counted = null;
                            log.merged = null;
                        },
                        "--complete"),
                Tampering.of("an annulment is written, counted and left out", log -> {
                    BallotResults before = newest(log);
                    log.annul(FRUITS, 4, 4, "a second one");
                    PublishedLog.say(log, PublishedLog.ends(log));
                    assertThat(newest(log)).isEqualTo(before);
                }),
                Tampering.of(
                        "an earlier record of results was never true",
                        log -> changeResults(log, 1, results -> BallotResults.newBuilder(results)
                                .setVotes(moved(results.getVotes()))
                                .build())),
                Tampering.of("results go back", log -> {
                    BallotResults first = results(log).get(0);
                    BallotResults newest = newest(log);
                    PublishedLog.addResults(log, first);
                    PublishedLog.addResults(log, newest);
                }),
                Tampering.of("results of all ballots are taken out", log -> keepResults(log, 0)),
                Tampering.of("a vote is stamped ten minutes before the one before it", log -> {
                    var votes = records(log, Topics.VOTES, 0);
                    var last = votes.get(votes.size() - 1);
                    votes.add(TestLog.record(
                            Topics.VOTES,
                            0,
                            votes.size(),
                            last.timestamp() - Duration.ofMinutes(10).toMillis(),
                            last.key(),
                            new byte[] {1, 2, 3}));
                }),
                Tampering.of("a vote has the time that its writer named", log -> {
                    var votes = records(log, Topics.VOTES, 0);
                    var one = votes.get(7);
                    votes.set(
                            7,
                            new ConsumerRecord<>(
                                    one.topic(),
                                    one.partition(),
                                    one.offset(),
                                    one.timestamp(),
                                    TimestampType.CREATE_TIME,
                                    0,
                                    0,
                                    one.key(),
                                    one.value(),
                                    new RecordHeaders(),
                                    one.leaderEpoch()));
                }),
                Tampering.ofDump(
                        "`votes` is switched to its writers' times",
                        dump -> edit(dump, text -> text.replace("LogAppendTime", "CreateTime"))),
                Tampering.ofDump(
                        "the manifest no longer says who stamped the records",
                        dump -> edit(dump, text -> text.replaceAll("\\s*\"stampedTo\" : \\d+,", ""))),
                Tampering.ofDump(
                        "the manifest counts a file's records wrong",
                        dump -> edit(dump, text -> text.replaceFirst("\"records\" : (\\d+)", "\"records\" : 1$1"))),
                Tampering.ofDump("a byte of a file is another one", dump -> {
                    Path file = dump.resolve(Topics.VOTES.name() + "-1.records");
                    byte[] bytes = Files.readAllBytes(file);
                    bytes[bytes.length - 1] ^= 1;
                    Files.write(file, bytes);
                }),
                new Tampering(
                        "votes, results and the group's position are cut, and the manifest no longer says in which order ends were noted",
                        FRUITS,
                        log -> {
                            cutVotes(log, 8);
                            keepResults(log, 1);
                            PublishedLog.say(log, PublishedLog.ends(log));
                        },
                        dump -> edit(dump, text -> text.replaceFirst("(?s)\\s*\"order\" : \\[.*?\\],", "")),
                        List.of()));
    }

    private static BallotResults rejecting(BallotResults results, RejectionReason reason, long count) {
        List<ReasonCount> rejected = new ArrayList<>(results.getRejected());
        rejected.add(new ReasonCount(reason, count));
        return BallotResults.newBuilder(results).setRejected(rejected).build();
    }

    private static Map<Integer, Long> positions(BallotResults results) {
        Map<Integer, Long> positions = new HashMap<>();
        for (CountedPosition position : results.getPositions()) {
            positions.put(position.getPartition(), position.getNextOffset());
        }
        return positions;
    }

    /** The same in all but two titles. */
    private static BallotDefinition swapped() {
        String json = FRUITS.json()
                .replace("\"title\":\"a\"", "\"title\":\"?\"")
                .replace("\"title\":\"b\"", "\"title\":\"a\"")
                .replace("\"title\":\"?\"", "\"title\":\"b\"");
        try {
            return BallotDefinition.parse(json);
        } catch (MalformedEventException e) {
            throw new AssertionError(e);
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(TestLog log, Topic topic, int partition) {
        return log.records(topic, partition);
    }

    private static ConsumerRecord<byte[], byte[]> with(
            ConsumerRecord<byte[], byte[]> record, byte[] key, byte[] value) {
        return TestLog.record(
                record.topic(), record.partition(), record.offset(), record.timestamp(), key, value, record.headers());
    }

    private static void number(TestLog log, int partition) {
        var votes = records(log, Topics.VOTES, partition);
        for (int at = 0; at < votes.size(); at++) {
            var one = votes.get(at);
            votes.set(at, TestLog.record(Topics.VOTES, partition, at, one.timestamp(), one.key(), one.value()));
        }
    }

    private static void cutVotes(TestLog log, int end) {
        for (int partition = 0; partition < TestLog.PARTITIONS; partition++) {
            var votes = records(log, Topics.VOTES, partition);
            votes.subList(end, votes.size()).clear();
        }
    }

    /** The first event of this kind of which that holds. */
    private static <T extends SpecificRecord> void change(
            TestLog log, Topic topic, Class<T> kind, Predicate<T> which, UnaryOperator<T> change) {
        for (int partition = 0; partition < TestLog.PARTITIONS; partition++) {
            var records = records(log, topic, partition);
            for (int at = 0; at < records.size(); at++) {
                var record = records.get(at);
                if (event(record) != null && kind.isInstance(event(record)) && which.test(kind.cast(event(record)))) {
                    records.set(at, with(record, record.key(), Events.encode(change.apply(kind.cast(event(record))))));
                    return;
                }
            }
        }
        throw new AssertionError("no such " + kind.getSimpleName());
    }

    private static SpecificRecord event(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Events.decode(record.value()).event();
        } catch (MalformedEventException e) {
            return null;
        }
    }

    private static <T extends SpecificRecord> T decode(ConsumerRecord<byte[], byte[]> record, Class<T> kind) {
        return kind.cast(event(record));
    }

    private static boolean isOnFruits(ConsumerRecord<byte[], byte[]> record) {
        return Arrays.equals(record.key(), "fruits".getBytes(StandardCharsets.UTF_8));
    }

    private static List<ConsumerRecord<byte[], byte[]>> resultsPartition(TestLog log) {
        return Stream.of(0, 1)
                .map(partition -> records(log, Topics.RESULTS, partition))
                .filter(records -> records.stream().anyMatch(TamperingTest::isOnFruits))
                .findFirst()
                .orElseThrow();
    }

    private static List<BallotResults> results(TestLog log) {
        return resultsPartition(log).stream()
                .filter(TamperingTest::isOnFruits)
                .map(record -> decode(record, BallotResults.class))
                .toList();
    }

    private static BallotResults newest(TestLog log) {
        List<BallotResults> all = results(log);
        return all.get(all.size() - 1);
    }

    private static void changeNewest(TestLog log, UnaryOperator<BallotResults> change) {
        changeResults(log, results(log).size() - 1, change);
    }

    private static void changeResults(TestLog log, int which, UnaryOperator<BallotResults> change) {
        var records = resultsPartition(log);
        int seen = 0;
        for (int at = 0; at < records.size(); at++) {
            var record = records.get(at);
            if (isOnFruits(record) && seen++ == which) {
                records.set(
                        at,
                        with(record, record.key(), Events.encode(change.apply(decode(record, BallotResults.class)))));
            }
        }
    }

    /** The results of the first so many stages; the later ones are gone. */
    private static void keepResults(TestLog log, int stages) {
        for (int partition = 0; partition < TestLog.PARTITIONS; partition++) {
            Map<String, Integer> seen = new HashMap<>();
            records(log, Topics.RESULTS, partition)
                    .removeIf(record -> seen.merge(Arrays.toString(record.key()), 1, Integer::sum) > stages);
        }
    }

    /** The log goes on, and is counted; what is added up stays as it was after so many stages. */
    private static void stopAddingUp(TestLog log, int stages) {
        CountedOffsets counted = log.counted;
        keepResults(log, stages);
        PublishedLog.say(log, stages == 0 ? Map.of(0, 10L) : positions(newest(log)));
        log.counted = counted;
    }

    private static List<Long> moved(List<Long> votes) {
        List<Long> moved = new ArrayList<>(votes);
        moved.set(0, moved.get(0) + 1);
        moved.set(1, moved.get(1) - 1);
        return moved;
    }

    private static void edit(Path dump, UnaryOperator<String> change) throws IOException {
        Path manifest = dump.resolve(Dump.MANIFEST);
        String before = Files.readString(manifest);
        String after = change.apply(before);
        assertThat(after).isNotEqualTo(before);
        Files.writeString(manifest, after);
    }

    private Path dump(LogSource log) throws IOException {
        Path folder = dir.resolve("dump-" + ++dumps);
        new DumpWriter(log, CountedOffsets.GROUP, folder, new Progress(System.err, false)).write();
        return folder;
    }

    private Said audited(Path dump, List<String> options) {
        Object[] words = Stream.of(
                        List.<Object>of("replay", "--dump", dump, "--public-key", TestLog.publicKey()), options)
                .flatMap(List::stream)
                .toArray();
        CommandRun run = CommandRun.of(words);
        List<String> lines = run.out().lines().toList();
        String first = run.exitCode() == 2
                ? run.err().strip()
                : Stream.of("FAIL", "SKIPPED")
                        .flatMap(outcome -> lines.stream()
                                .filter(line -> line.matches(" *\\d+ +" + outcome + " .*"))
                                .map(line -> lines.get(lines.indexOf(line) + 1).strip()))
                        .findFirst()
                        .orElse(lines.get(lines.size() - 1));
        return new Said(run.exitCode(), first.replace(dump.toString(), "DUMP").replace(TestLog.publicKey(), "KEY"));
    }

    private Said recounted(Path dump, List<String> options) throws Exception {
        return said(recount(dump, options), dump);
    }

    private Process recount(Path dump, List<String> options) throws IOException {
        assumeTrue(Python.isHere("recount"));
        List<String> command = new ArrayList<>(List.of("python3", RECOUNT.toString()));
        command.addAll(options);
        command.addAll(List.of("--", dump.toString(), TestLog.publicKey()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("said").toFile())
                .start();
    }

    private Said said(Process process, Path dump) throws Exception {
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        Path said = dir.resolve("said");
        List<String> lines = Files.readAllLines(said);
        String first = lines.stream()
                .filter(line -> line.startsWith("DIFFERENCE: ") || line.startsWith("NOT LOOKED AT: "))
                .findFirst()
                .orElse(lines.get(lines.size() - 1));
        return new Said(process.exitValue(), first.replace(dump.toString(), "DUMP"));
    }

    private static String row(String... cells) {
        return "| " + String.join(" | ", cells).replace("\n", " ") + " |\n";
    }

    @Test
    void shouldFindEachAndSayWhat() throws Exception {
        StringBuilder table = new StringBuilder(
                        row("what was done", "`replay` says", "exit", "`recount.py` says", "exit"))
                .append(row("---", "---", "---", "---", "---"));
        List<String> passed = new ArrayList<>();
        Path announcement = dir.resolve("announcement.json");
        CommandRun announced = CommandRun.of("announce", "--dump", dump(log()), "--public-key", TestLog.publicKey());
        Files.writeString(announcement, announced.out());
        for (Tampering tampering : tamperings()) {
            TestLog log = PublishedLog.of(log(tampering.ballot()), STAGES);
            tampering.change().make(log);
            Path dump = dump(log);
            tampering.dumpChange().make(dump);
            List<String> options = tampering.options().stream()
                    .map(option -> option.equals(ANNOUNCEMENT) ? announcement.toString() : option)
                    .toList();
            Process recount = recount(dump, options);
            Said audited = audited(dump, options);
            Said recounted = said(recount, dump);
            if (audited.exitCode() == 0 || recounted.exitCode() == 0 || audited.exitCode() != recounted.exitCode()) {
                passed.add(tampering.what() + ": " + audited.exitCode() + ", " + recounted.exitCode());
            }
            table.append(row(
                    tampering.what(),
                    audited.first(),
                    Integer.toString(audited.exitCode()),
                    recounted.first(),
                    Integer.toString(recounted.exitCode())));
        }
        String text = Files.readString(README);
        int from = text.indexOf(BEGIN) + BEGIN.length();
        int to = text.indexOf(END);
        if (Boolean.getBoolean("votelog.write-tables")) {
            Files.writeString(README, text.substring(0, from) + table + text.substring(to));
        } else {
            assertThat(text.substring(from, to))
                    .as("written anew with -Dvotelog.write-tables=true")
                    .isEqualTo(table.toString());
        }
        assertThat(passed)
                .as("what no one finds, or one and not the other")
                .containsExactly(
                        "nothing: 0, 0",
                        "nothing; the results are asked to be complete: 0, 0",
                        "something that is no claim is written to `ballots`: 0, 0");
    }

    /** Somebody writes while the log is copied: nothing of that is a fault. */
    @Test
    void shouldAccuseNoLogThatIsBeingWrittenTo() throws Exception {
        TestLog whole = PublishedLog.of(log(), STAGES);
        for (int results = 0; results < STAGES; results++) {
            TestLog log = PublishedLog.of(log(), STAGES);
            keepResults(log, results + 1);
            // The group has come as far as the results; verdicts and votes further.
            Map<Integer, Long> positions = positions(newest(log));
            PublishedLog.say(log, positions);
            // Whether those that were counted later are left out on purpose, nobody can tell yet.
            int open = results < STAGES - 1 ? 3 : 0;
            Said said = audited(dump(log), List.of());
            assertThat(said.exitCode()).as(said.first()).isEqualTo(open);
            assertThat(recounted(dump(log), List.of()).exitCode()).isEqualTo(open);
            for (int partition = 0; partition < TestLog.PARTITIONS; partition++) {
                long to = positions.get(partition);
                records(log, Topics.DECISIONS, partition)
                        .removeIf(record -> decode(record, VoteDecided.class).getVoteOffset() >= to);
            }
            Said later = audited(dump(log), List.of());
            assertThat(later.exitCode()).as(later.first()).isEqualTo(open);
        }
        assertThat(audited(dump(whole), List.of("--complete")).exitCode()).isZero();
    }

    /** The count goes on while those who add up are stopped, or start: their position tells, and not that of the count. */
    @Test
    void shouldAccuseNobodyWhileNothingIsAddedUp() throws Exception {
        for (int results = 0; results < 3; results++) {
            TestLog log = PublishedLog.of(log(), STAGES);
            stopAddingUp(log, results);
            Said said = audited(dump(log), List.of());
            assertThat(said.exitCode()).as(said.first()).isEqualTo(3);
            Said recounted = recounted(dump(log), List.of());
            assertThat(recounted.exitCode()).as(recounted.first()).isEqualTo(3);
        }
    }

    /** A gateway that dies between two partitions leaves such a log, and so does one that is just at it. */
    @Test
    void shouldAccuseNoPublicationThatIsUnderWay() throws Exception {
        TestLog log = PublishedLog.of(log(), STAGES);
        BallotDefinition next = TestLog.fruits("next", "live");
        log.publish(next);
        records(log, Topics.VOTES, 1).remove(records(log, Topics.VOTES, 1).size() - 1);
        log.vote("next", 4, 90, "a1");
        Said said = audited(dump(log), List.of());
        assertThat(said.exitCode()).as(said.first()).isEqualTo(3);
        assertThat(said.first()).contains("partition 1 does not hold it");
        Said recounted = recounted(dump(log), List.of());
        assertThat(recounted.exitCode()).as(recounted.first()).isEqualTo(3);
    }
}
