// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.events.MinuteTurnout;
import io.votelog.events.PartitionTally;
import io.votelog.events.PartitionTurnout;
import io.votelog.events.QuarterVotes;
import io.votelog.events.ReasonCount;
import io.votelog.events.Salt;
import io.votelog.events.VoteCast;
import io.votelog.infra.testing.Seeds;
import io.votelog.rules.Reason;
import io.votelog.schemas.BallotDefinition;
import io.votelog.streams.topology.PartitionHarness.LogRecord;
import io.votelog.streams.topology.rows.VoterRow;
import io.votelog.streams.topology.voters.LogTruncatedException;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares the count of logs that are drawn from a seed, with ballots, valid and invalid votes, annulments, closes and junk in
 * any order, with a plain recount; then reads the same log again on the old stores, as after a loss of offsets.
 */
@Execution(ExecutionMode.CONCURRENT)
class ReplayRandomizedTest {
    private static final int RECORDS = 300;
    private static final int CHECKED_BALLOT_OPTIONS = 40;

    @TempDir
    static File stateDir;

    /** A vote for each impossible ballot id that is not too long. */
    private static final List<byte[]> FOR_NO_BALLOTS_ID =
            HostileRecords.of(new VoteCast(LogFixture.voteId(0), "one", List.of("a1", "b1"), new Salt(new byte[32])))
                    .stream()
                    .filter(record -> record.what().contains(".ballotId,") && record.value().length < 1_000)
                    .map(HostileRecords.Hostile::value)
                    .toList();

    private static final Set<String> DRAWN_OUTCOMES = ConcurrentHashMap.newKeySet();

    /** Signatures take most of the time that it takes to draw a log, and the same record has the same. */
    private static final Map<String, byte[]> SIGNED = new ConcurrentHashMap<>();

    private static final LogFixture FIXTURE = new LogFixture();
    private static final List<BallotDefinition> BALLOTS = List.of(
            LogFixture.ballot("one"),
            LogFixture.ballot("two", CHECKED_BALLOT_OPTIONS, 3, "live"),
            LogFixture.ballot("six"));

    static LongStream seeds() {
        return Seeds.upTo(60);
    }

    @AfterAll
    static void shouldHaveDrawnEveryOutcome() {
        Stream<String> rejections = Arrays.stream(Reason.values())
                // No drawn ballot has a section with a maximum of its own.
                .filter(reason -> reason != Reason.SECTION_TOO_MANY)
                .map(reason -> "REJECTED " + reason);
        assertThat(DRAWN_OUTCOMES)
                .containsAll(rejections.toList())
                .contains("ACCEPTED", "RETRIED", "UNDECODABLE", "BAD_CONTROL_RECORD", "BAD_BALLOT_ID")
                .contains("annulled", "annulled after the end", "not annulled");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldDecideAndCountAsAPlainRecountDoes(long seed) {
        DrawnLog drawn = draw(new Random(seed));
        PartitionHarness partition = new PartitionHarness(FIXTURE.keys(), 0, stateDir);

        assertThat(partition.processAll(drawn.records, 0)).isEqualTo(drawn.expected);
        assertThat(figures(partition.emit())).isEqualTo(drawn.totals());
        assertThat(minutes(partition.turnout())).isEqualTo(drawn.turnout);
        assertThat(quarters(partition.turnout())).isEqualTo(drawn.quarters);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldChangeNothingWhenTheLogIsReadAgainOnTheOldStores(long seed) {
        Random random = new Random(seed);
        DrawnLog drawn = draw(random);
        PartitionHarness partition = new PartitionHarness(FIXTURE.keys(), 0, stateDir);
        partition.processAll(drawn.records, 0);
        Map<String, PartitionTally> before = partition.emit();

        partition.restart();
        int from = random.nextBoolean() ? 0 : random.nextInt(RECORDS);
        List<String> again = partition.processAll(drawn.records, from);

        assertThat(again).isEqualTo(drawn.expected.subList(from, drawn.expected.size()));
        partition.restart();
        assertThat(partition.emit()).isEqualTo(before);
        assertThat(minutes(partition.turnout())).isEqualTo(drawn.turnout);
        assertThat(quarters(partition.turnout())).isEqualTo(drawn.quarters);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldGoOnAfterARestartAnywhereAsIfThereHadBeenNone(long seed) {
        Random random = new Random(seed);
        DrawnLog drawn = draw(random);
        PartitionHarness partition = new PartitionHarness(FIXTURE.keys(), 0, stateDir);
        int cut = random.nextInt(RECORDS);
        List<String> outcomes = new ArrayList<>(partition.processAll(drawn.records.subList(0, cut), 0));
        if (random.nextBoolean()) {
            partition.emit();
        }
        partition.restart(cut);
        outcomes.addAll(partition.processAll(drawn.records, cut));
        partition.restart();

        assertThat(outcomes).isEqualTo(drawn.expected);
        assertThat(figures(partition.emit())).isEqualTo(drawn.totals());
        assertThat(minutes(partition.turnout())).isEqualTo(drawn.turnout);
        assertThat(quarters(partition.turnout())).isEqualTo(drawn.quarters);
    }

    /** The log is cut below what is counted, and another one is written from there on, with later times. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldSeeEachRecordThatTookThePlaceOfACountedOneAndCountNoneOfThem(long seed) {
        Random random = new Random(seed);
        DrawnLog drawn = draw(random);
        DrawnLog other = draw(random);
        PartitionHarness partition = new PartitionHarness(FIXTURE.keys(), 0, stateDir);
        partition.processAll(drawn.records, 0);
        int cut = random.nextInt(RECORDS);
        int readFrom = random.nextInt(cut + 1);
        long later = Duration.ofDays(30).toMillis();

        partition.restart();
        partition.processAll(drawn.records.subList(0, cut), readFrom);
        assertThat(partition.position().replaced()).isZero();
        for (int offset = cut; offset < RECORDS; offset++) {
            LogRecord record = other.records.get(offset);
            partition.process(new LogRecord(record.key(), record.value(), record.timestampMs() + later), offset);
        }

        assertThat(partition.position().replaced()).isEqualTo(RECORDS - cut);
        partition.restart();
        Map<String, PartitionTally> after = partition.emit();
        assertThat(figures(after)).containsAllEntriesOf(drawn.totals());
        assertThat(after.values())
                .allSatisfy(tally -> assertThat(tally.getReplaced()).isEqualTo(RECORDS - cut));
        // The records behind are counted, whatever ballots the uncounted records opened or ended.
        for (int offset = RECORDS; offset < 2 * RECORDS; offset++) {
            LogRecord record = other.records.get(offset - RECORDS);
            partition.process(new LogRecord(record.key(), record.value(), record.timestampMs() + 2 * later), offset);
        }
        assertThat(partition.position().nextOffset()).isEqualTo(2 * RECORDS);
        assertThat(partition.position().replaced()).isEqualTo(RECORDS - cut);
    }

    /** The log is read in stretches, each from some offset below what is decided, after a restart. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldKeepTheVotersPositionWhereVotesAreDecidedAndNeverGoBack(long seed) {
        Random random = new Random(seed);
        DrawnLog drawn = draw(random);
        PartitionHarness partition = new PartitionHarness(FIXTURE.keys(), 0, stateDir);
        int decided = 0;
        while (decided < RECORDS) {
            int from = random.nextInt(decided + 1);
            int to = Math.min(RECORDS, from + random.nextInt(RECORDS));
            for (int offset = from; offset < to; offset++) {
                partition.process(drawn.records.get(offset), offset);
                decided = Math.max(decided, offset + 1);
                assertThat(partition.votersPosition()).isEqualTo(decided);
            }
            partition.restart();
            assertThat(partition.votersPosition()).isEqualTo(decided);
        }
    }

    /**
     * The application is killed again and again, before and within commits, and its file of voters is damaged, lost, or one of earlier;
     * sometimes the group has lost its offsets as well.
     */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldDecideAndCountTheSameHoweverItIsKilledAndWhateverBecomesOfTheVotersFile(long seed) {
        Random random = new Random(seed);
        DrawnLog drawn = draw(random);
        PartitionHarness partition = new PartitionHarness(FIXTURE.keys(), 0, stateDir);
        List<String> outcomes = new ArrayList<>(Collections.nCopies(RECORDS, ""));
        byte[] earlier = {};
        int next = 0;
        while (next < RECORDS) {
            int to = Math.min(RECORDS, next + 1 + random.nextInt(60));
            for (int offset = next; offset < to; offset++) {
                outcomes.set(offset, partition.processUncommitted(drawn.records.get(offset), offset));
                if (random.nextInt(5) == 0) {
                    partition.commit();
                }
            }
            if (random.nextInt(3) == 0) {
                earlier = Accidents.bytes(partition.votersFile());
            }
            long committed = partition.position().nextOffset();
            boolean offsetsLost = random.nextInt(6) == 0;
            byte[] old = earlier;
            partition.kill(
                    random.nextBoolean(),
                    file -> damage(random, file, old),
                    drawn.records,
                    offsetsLost ? 0 : committed);
            next = offsetsLost ? 0 : (int) committed;
        }
        partition.kill(false, file -> {}, drawn.records, RECORDS);

        assertThat(outcomes).isEqualTo(drawn.expected);
        Map<String, PartitionTally> counted = partition.emit();
        assertThat(figures(counted)).isEqualTo(drawn.totals());
        assertThat(counted.values()).allSatisfy(tally -> assertThat(tally.getReplaced() + tally.getMissing())
                .isZero());
        assertThat(minutes(partition.turnout())).isEqualTo(drawn.turnout);
        assertThat(quarters(partition.turnout())).isEqualTo(drawn.quarters);
        // As the store is now, so it is when it is made of nothing but the log.
        Map<String, VoterRow> rows = votersRows(partition);
        partition.kill(false, Accidents::delete, drawn.records, RECORDS);
        assertThat(votersRows(partition)).isEqualTo(rows);
    }

    private Map<String, VoterRow> votersRows(PartitionHarness partition) {
        Map<String, VoterRow> rows = new TreeMap<>();
        for (BallotDefinition ballot : BALLOTS) {
            String id = ballot.ballot().id();
            for (int voter = 0; voter < 12; voter++) {
                rows.put(id + voter, partition.voterRow(LogFixture.voter(voter), id));
            }
        }
        return rows;
    }

    /** Cuts the file, changes a byte of it, deletes it, puts an earlier one in its place, or does nothing. */
    private static void damage(Random random, Path file, byte[] earlier) {
        byte[] bytes = Accidents.bytes(file);
        int accident = random.nextInt(6);
        if (accident == 0) {
            Accidents.write(file, Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
        } else if (accident == 1) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
            Accidents.write(file, bytes);
        } else if (accident == 2) {
            Accidents.delete(file);
        } else if (accident == 3) {
            Accidents.write(file, earlier);
        }
    }

    @Test
    void shouldCountOnBehindAGapAndRaiseIt() {
        PartitionHarness partition = new PartitionHarness(FIXTURE.keys(), 0, stateDir);
        partition.process(published(BALLOTS.get(0)), 0);
        partition.process(vote("one", 1, "a1", "b1"), 5);
        PartitionTally tally = partition.emit().get("one");

        assertThat(tally.getMissing()).isEqualTo(4);
        assertThat(tally.getNextOffset()).isEqualTo(6);
        assertThat(tally.getAccepted()).isEqualTo(1);
    }

    @Test
    void shouldNotStartOnALogThatEndsBeforeWhatIsCounted() {
        PartitionHarness partition = new PartitionHarness(FIXTURE.keys(), 0, stateDir);
        partition.process(published(BALLOTS.get(0)), 0);
        partition.process(vote("one", 1, "a1", "b1"), 1);

        partition.restart(2);
        assertThatThrownBy(() -> partition.restart(1))
                .isInstanceOf(LogTruncatedException.class)
                .hasMessageContaining("partition 0 of votes ends at offset 1, but 2 offsets of it are counted already");
    }

    @Test
    void shouldSendAllBallotsOnAfterARestart() {
        PartitionHarness partition = new PartitionHarness(FIXTURE.keys(), 0, stateDir);
        partition.process(published(BALLOTS.get(0)), 0);
        partition.process(published(BALLOTS.get(1)), 1);
        partition.emit();
        assertThat(partition.emit()).isEmpty();

        partition.restart();
        assertThat(partition.emit()).containsOnlyKeys("one", "two");
    }

    private LogRecord published(BallotDefinition ballot) {
        return new LogRecord(null, signedBallot(ballot), LogFixture.DURING.toEpochMilli());
    }

    private static byte[] signedBallot(BallotDefinition ballot) {
        return signed("published " + ballot.ballot().id(), () -> FIXTURE.published(ballot, 0, 1));
    }

    private static byte[] signed(String what, Supplier<byte[]> record) {
        return SIGNED.computeIfAbsent(what, any -> record.get());
    }

    private static LogRecord vote(String ballotId, int voter, String... choices) {
        return new LogRecord(
                LogFixture.voter(voter), LogFixture.vote(ballotId, voter, choices), LogFixture.DURING.toEpochMilli());
    }

    /**
     * The figures of each ballot: received, accepted, retried, rejected by reason, late, and the votes of each option that has
     * some.
     */
    private static Map<String, Map<String, Long>> figures(Map<String, PartitionTally> emitted) {
        Map<String, Map<String, Long>> figures = new TreeMap<>();
        emitted.forEach((id, tally) -> {
            Map<String, Long> counts = new TreeMap<>();
            put(counts, "received", tally.getReceived());
            put(counts, "ACCEPTED", tally.getAccepted());
            put(counts, "RETRIED", tally.getRetried());
            put(counts, "annulled", tally.getAnnulled());
            put(counts, "late", tally.getLate());
            for (ReasonCount rejected : tally.getRejected()) {
                put(counts, "REJECTED " + rejected.getReason(), rejected.getCount());
            }
            counts.putAll(byName(tally.getVotes()));
            figures.put(id, counts);
        });
        return figures;
    }

    /** The turnout of each ballot: for each minute with a vote, by its start, the votes received and accepted at its end. */
    private static Map<String, Map<Instant, List<Long>>> minutes(Map<String, PartitionTurnout> kept) {
        Map<String, Map<Instant, List<Long>>> minutes = new TreeMap<>();
        for (PartitionTurnout hour : kept.values()) {
            Map<Instant, List<Long>> ofBallot = minutes.computeIfAbsent(hour.getBallotId(), id -> new TreeMap<>());
            for (MinuteTurnout minute : hour.getMinutes()) {
                Instant start = hour.getHour().plus(minute.getMinute(), ChronoUnit.MINUTES);
                ofBallot.put(start, List.of(minute.getReceived(), minute.getAccepted()));
            }
        }
        return minutes;
    }

    /** The votes of each option, but for those without any, at the end of each quarter of an hour with a vote, by ballot and quarter. */
    private static Map<String, Map<Instant, Map<String, Long>>> quarters(Map<String, PartitionTurnout> kept) {
        Map<String, Map<Instant, Map<String, Long>>> quarters = new TreeMap<>();
        for (PartitionTurnout hour : kept.values()) {
            for (QuarterVotes quarter : hour.getQuarters()) {
                quarters.computeIfAbsent(hour.getBallotId(), id -> new TreeMap<>())
                        .put(
                                hour.getHour().plus(15L * quarter.getQuarter(), ChronoUnit.MINUTES),
                                byName(quarter.getVotes()));
            }
        }
        return quarters;
    }

    private static Map<String, Long> byName(List<Long> votes) {
        Map<String, Long> counts = new TreeMap<>();
        int half = votes.size() / 2;
        for (int option = 0; option < votes.size(); option++) {
            put(counts, option < half ? "a" + (option + 1) : "b" + (option - half + 1), votes.get(option));
        }
        return counts;
    }

    private static void put(Map<String, Long> counts, String name, long count) {
        if (count > 0) {
            counts.put(name, count);
        }
    }

    private DrawnLog draw(Random random) {
        DrawnLog drawn = new DrawnLog();
        long start = LogFixture.OPENS_AT.minus(Duration.ofHours(12)).toEpochMilli();
        // The last tenth of a log that reaches the end comes behind it.
        long span = (LogFixture.CLOSES_AT.plusSeconds(60).toEpochMilli() - start) * 10 / 9;
        boolean reachesEnd = random.nextInt(3) == 0;
        // Votes come far apart, or in bursts with many to a minute or to an hour.
        int burst = random.nextBoolean() ? 1 : 30;
        long burstGapMs = 1_000L * (1 + random.nextInt(200));
        for (int offset = 0; offset < RECORDS; offset++) {
            int inBurst = offset % burst;
            long progress = (reachesEnd ? span : span / 2) * (offset - inBurst) / RECORDS + inBurst * burstGapMs;
            long time = start + progress - random.nextInt(3) * 1_000L;
            BallotDefinition ballot = BALLOTS.get(random.nextInt(BALLOTS.size()));
            int dice = random.nextInt(100);
            if (offset < 3 || dice < 3) {
                drawn.publish(ballot, time);
            } else if (dice < 4 && offset > RECORDS / 2) {
                drawn.close(ballot, time);
            } else if (dice < 14) {
                drawn.annul(ballot, random.nextInt(12), random.nextInt(8), time);
            } else if (dice < 18) {
                if (random.nextBoolean()) {
                    byte[] junk = new byte[random.nextInt(40)];
                    random.nextBytes(junk);
                    drawn.junk(junk, time);
                } else {
                    drawn.forNoBallotsId(FOR_NO_BALLOTS_ID.get(random.nextInt(FOR_NO_BALLOTS_ID.size())), time);
                }
            } else {
                int voter = random.nextInt(12);
                if (dice >= 26 || !drawn.retry(ballot, voter, random, time)) {
                    drawn.vote(ballot, voter, random.nextInt(8), choices(random, ballot), time);
                }
            }
        }
        return drawn;
    }

    private static List<String> choices(Random random, BallotDefinition ballot) {
        int perSection = ballot.ballot().optionCount() / 2;
        List<String> choices = new ArrayList<>();
        int picks = random.nextInt(6);
        for (int i = 0; i < picks; i++) {
            // Few options are drawn again and again, so that retries with the same choices come about.
            int option = 1 + random.nextInt(Math.min(3, perSection)) * (perSection > 3 ? 13 : 1);
            choices.add((random.nextBoolean() ? "a" : "b") + (random.nextInt(30) == 0 ? 99 : option));
        }
        return choices;
    }

    /** A drawn log, and the outcome by a plain reading of the rules, which is noted while the log is drawn. */
    private static final class DrawnLog {
        private final List<LogRecord> records = new ArrayList<>();
        private final List<String> expected = new ArrayList<>();
        private final Map<String, BallotDefinition> standing = new LinkedHashMap<>();
        private final Set<String> over = new HashSet<>();
        private final Map<String, Map.Entry<Integer, Set<String>>> firstVotes = new HashMap<>();
        private final Set<String> annulled = new HashSet<>();
        private final Map<String, Map<String, Long>> totals = new TreeMap<>();
        private final Map<String, Long> newestMs = new HashMap<>();
        private final Map<String, Map<Instant, List<Long>>> turnout = new TreeMap<>();
        private final Map<String, Map<Instant, Map<String, Long>>> quarters = new TreeMap<>();

        void publish(BallotDefinition ballot, long time) {
            add(null, signedBallot(ballot), time, "");
            if (standing.putIfAbsent(ballot.ballot().id(), ballot) == null) {
                totals.put(ballot.ballot().id(), new TreeMap<>());
                newestMs.put(ballot.ballot().id(), time);
            }
        }

        void close(BallotDefinition ballot, long time) {
            boolean known = standing.containsKey(ballot.ballot().id());
            add(
                    null,
                    signed("closed " + ballot.ballot().id(), () -> FIXTURE.closed(ballot, 0)),
                    time,
                    known ? "" : "BAD_CONTROL_RECORD");
            if (known) {
                over.add(ballot.ballot().id());
            }
        }

        void annul(BallotDefinition ballot, int voter, int voteId, long time) {
            String id = ballot.ballot().id();
            boolean known = standing.containsKey(id);
            add(
                    null,
                    signed(
                            "annulled %s %d %d".formatted(id, voter, voteId),
                            () -> FIXTURE.annulled(ballot, voter, voteId, 0)),
                    time,
                    known ? "" : "BAD_CONTROL_RECORD");
            var first = firstVotes.get(id + voter);
            boolean counts = first != null && first.getKey() == voteId && annulled.add(id + voter);
            DRAWN_OUTCOMES.add(counts ? over.contains(id) ? "annulled after the end" : "annulled" : "not annulled");
            if (counts) {
                totals.get(id).merge("annulled", 1L, Long::sum);
                // Counts of 0 are left out.
                first.getValue().forEach(choice -> totals.get(id)
                        .compute(choice, (option, votes) -> votes == null || votes == 1 ? null : votes - 1));
                noteQuarter(id);
            }
        }

        void junk(byte[] value, long time) {
            add(LogFixture.voter(0), value, time, "UNDECODABLE");
        }

        void forNoBallotsId(byte[] value, long time) {
            add(LogFixture.voter(0), value, time, "BAD_BALLOT_ID");
        }

        /** Sends the accepted vote of the voter again, with its choices in any order. Returns whether there is one. */
        boolean retry(BallotDefinition ballot, int voter, Random random, long time) {
            var first = firstVotes.get(ballot.ballot().id() + voter);
            if (first == null) {
                return false;
            }
            List<String> choices = new ArrayList<>(new TreeSet<>(first.getValue()));
            Collections.shuffle(choices, random);
            vote(ballot, voter, first.getKey(), choices, time);
            return true;
        }

        void vote(BallotDefinition ballot, int voter, int voteId, List<String> choices, long time) {
            String id = ballot.ballot().id();
            endWhatIsDue(time);
            String verdict = judge(ballot, voter, voteId, choices, time);
            add(LogFixture.voter(voter), LogFixture.vote(id, voteId, choices.toArray(String[]::new)), time, verdict);
            Map<String, Long> counts = totals.computeIfAbsent(standing.containsKey(id) ? id : "", x -> new TreeMap<>());
            if (over.contains(id)) {
                counts.merge("late", 1L, Long::sum);
                return;
            }
            counts.merge("received", 1L, Long::sum);
            counts.merge(verdict, 1L, Long::sum);
            if (verdict.equals("ACCEPTED")) {
                firstVotes.put(id + voter, Map.entry(voteId, Set.copyOf(choices)));
                choices.forEach(choice -> counts.merge(choice, 1L, Long::sum));
            }
            if (standing.containsKey(id)) {
                Instant newest = Instant.ofEpochMilli(newestMs.merge(id, time, Math::max));
                turnout.computeIfAbsent(id, x -> new TreeMap<>())
                        .put(
                                newest.truncatedTo(ChronoUnit.MINUTES),
                                List.of(counts.get("received"), counts.getOrDefault("ACCEPTED", 0L)));
                noteQuarter(id);
            }
        }

        private void noteQuarter(String id) {
            Map<String, Long> votes = new TreeMap<>(totals.get(id));
            votes.keySet().removeIf(name -> !name.matches("[ab]\\d+"));
            long quarterMs = Duration.ofMinutes(15).toMillis();
            Instant quarter = Instant.ofEpochMilli(newestMs.get(id) / quarterMs * quarterMs);
            quarters.computeIfAbsent(id, x -> new TreeMap<>()).put(quarter, votes);
        }

        private String judge(BallotDefinition ballot, int voter, int voteId, List<String> choices, long time) {
            String id = ballot.ballot().id();
            if (!standing.containsKey(id)) {
                return "REJECTED UNKNOWN_BALLOT";
            }
            Set<String> distinct = new HashSet<>(choices);
            var first = firstVotes.get(id + voter);
            if (first != null && first.getKey() == voteId && first.getValue().equals(distinct)) {
                return "RETRIED";
            }
            if (time < LogFixture.OPENS_AT.toEpochMilli()) {
                return "REJECTED NOT_OPEN";
            }
            if (over.contains(id)) {
                return "REJECTED CLOSED";
            }
            if (choices.isEmpty()) {
                return "REJECTED NO_CHOICE";
            }
            if (distinct.stream().anyMatch(choice -> choice.endsWith("99"))) {
                return "REJECTED UNKNOWN_OPTION";
            }
            if (distinct.size() < choices.size()) {
                return "REJECTED REPEATED_OPTION";
            }
            if (choices.size() > (id.equals("two") ? 3 : 4)) {
                return "REJECTED TOO_MANY_PICKS";
            }
            if (choices.size() < 2) {
                return "REJECTED TOO_FEW_PICKS";
            }
            if (Set.of("a", "b").stream().anyMatch(s -> choices.stream().noneMatch(c -> c.startsWith(s)))) {
                return "REJECTED SECTION_TOO_FEW";
            }
            if (first == null) {
                return "ACCEPTED";
            }
            return first.getKey() == voteId ? "REJECTED VOTE_ID_REUSED" : "REJECTED ALREADY_VOTED";
        }

        private void add(byte[] key, byte[] value, long time, String outcome) {
            endWhatIsDue(time);
            records.add(new LogRecord(key, value, time));
            expected.add(outcome);
            DRAWN_OUTCOMES.add(outcome);
        }

        private void endWhatIsDue(long time) {
            if (time >= LogFixture.CLOSES_AT.toEpochMilli()) {
                over.addAll(standing.keySet());
            }
        }

        Map<String, Map<String, Long>> totals() {
            return totals;
        }
    }
}
