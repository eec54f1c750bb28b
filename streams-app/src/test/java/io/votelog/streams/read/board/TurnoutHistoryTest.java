// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.MinuteTurnout;
import io.votelog.events.PartitionTurnout;
import io.votelog.events.QuarterVotes;
import io.votelog.streams.read.board.TurnoutHistory.Point;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class TurnoutHistoryTest {
    private static final Instant TEN = Instant.parse("2021-12-06T10:00:00Z");
    private static final int OPTIONS = 3;

    @Test
    void shouldHaveNoPointsBeforeTheFirstVote() {
        assertThat(TurnoutHistory.EMPTY.stepSeconds(2)).isEqualTo(60);
        assertThat(TurnoutHistory.EMPTY.points(60)).isEmpty();
    }

    @Test
    void shouldAddUpPartitionsAndRepeatWhatStepsWithoutAVoteBeganWith() {
        TurnoutHistory history = TurnoutHistory.EMPTY
                .with(hour(0, TEN, 5, new MinuteTurnout(1, 3L, 2L), new MinuteTurnout(4, 7L, 5L)))
                .with(hour(1, TEN, 9, new MinuteTurnout(2, 10L, 10L)));

        assertThat(history.points(60))
                .containsExactly(
                        new Point(Instant.parse("2021-12-06T10:02:00Z"), 3, 2, null),
                        new Point(Instant.parse("2021-12-06T10:03:00Z"), 13, 12, null),
                        new Point(Instant.parse("2021-12-06T10:04:00Z"), 13, 12, null),
                        new Point(Instant.parse("2021-12-06T10:05:00Z"), 17, 15, null));
        assertThat(history.points(3_600))
                .containsExactly(new Point(Instant.parse("2021-12-06T11:00:00Z"), 17, 15, null));
    }

    @Test
    void shouldLookInAnEarlierHourWhereThePartitionsLastOneBeganLater() {
        TurnoutHistory history = TurnoutHistory.EMPTY
                .with(hour(0, TEN, 5, new MinuteTurnout(59, 3L, 2L)))
                .with(hour(0, TEN.plus(Duration.ofHours(2)), 6, new MinuteTurnout(30, 4L, 3L)));

        List<Point> points = history.points(900);
        assertThat(points).hasSize(8);
        assertThat(points.get(0)).isEqualTo(new Point(Instant.parse("2021-12-06T11:00:00Z"), 3, 2, null));
        assertThat(points.subList(1, 7))
                .allSatisfy(point -> assertThat(point.received()).isEqualTo(3));
        assertThat(points.get(7)).isEqualTo(new Point(Instant.parse("2021-12-06T12:45:00Z"), 4, 3, null));
    }

    @Test
    void shouldKeepOfAnHourTheSnapshotThatCoversMoreOfTheLog() {
        TurnoutHistory newer = TurnoutHistory.EMPTY
                .with(hour(0, TEN, 5, new MinuteTurnout(1, 3L, 2L)))
                .with(hour(0, TEN, 8, new MinuteTurnout(1, 4L, 3L)));

        assertThat(newer.with(hour(0, TEN, 5, new MinuteTurnout(1, 3L, 2L)))).isSameAs(newer);
        assertThat(newer.with(hour(0, TEN, 8, new MinuteTurnout(1, 4L, 3L)))).isSameAs(newer);
        assertThat(newer.points(60)).extracting(Point::received).containsExactly(4L);
    }

    @ParameterizedTest
    @CsvSource({
        // The columns: minutes from the start of the first minute to that of the newest; the most points; the step in
        // seconds.
        "0, 2, 60",
        "1, 2, 60",
        "2, 2, 300",
        "299, 300, 60",
        "300, 300, 300",
        "10080, 300, 3600",
        "10080, 2000, 900",
        "10080, 8, 86400",
        "10080, 7, 172800",
        "10080, 2, 432000",
        "525600, 300, 172800",
    })
    void shouldTakeTheShortestStepThatNeedsNoMorePoints(int minutes, int mostPoints, long step) {
        // This is 18,970 days after 1 January 1970, so a step of five days begins here.
        Instant first = Instant.parse("2021-12-09T00:00:00Z");
        Instant newest = first.plus(minutes, ChronoUnit.MINUTES);
        TurnoutHistory history = TurnoutHistory.EMPTY.with(hourOf(0, first, 1)).with(hourOf(1, newest, 1));

        assertThat(history.stepSeconds(mostPoints)).isEqualTo(step);
        assertThat(history.points(step)).hasSizeLessThanOrEqualTo(mostPoints);
    }

    static LongStream seeds() {
        long base = Long.getLong("votelog.seed", 20_211_205L);
        return LongStream.range(base, base + 40);
    }

    /** A counted vote, the minute in which it was counted, and which option it is for. */
    private record Counted(int partition, Instant minute, boolean accepted, int option) {}

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldCountAsAPlainCountOfTheVotesDoes(long seed) {
        Random random = new Random(seed);
        List<Counted> votes = draw(random);
        List<PartitionTurnout> snapshots = snapshots(votes, random);
        Collections.shuffle(snapshots, random);
        TurnoutHistory history = TurnoutHistory.EMPTY;
        for (PartitionTurnout snapshot : snapshots) {
            history = history.with(snapshot);
        }

        int mostPoints = 2 + random.nextInt(random.nextBoolean() ? 10 : 300);
        long step = history.stepSeconds(mostPoints);

        assertThat(history.points(step)).isEqualTo(recount(votes, step, null)).hasSizeLessThanOrEqualTo(mostPoints);
        long stepOfOptions = history.stepSecondsOfOptions(mostPoints);
        assertThat(stepOfOptions).isEqualTo(Math.max(step, 900));
        for (int option = 0; option < OPTIONS; option++) {
            assertThat(history.points(stepOfOptions, option))
                    .isEqualTo(recount(votes, stepOfOptions, option))
                    .hasSizeLessThanOrEqualTo(mostPoints);
        }
    }

    @Test
    void shouldTellTheVotesForAnOptionOverAllPartitions() {
        TurnoutHistory history = TurnoutHistory.EMPTY
                .with(hour(
                        0,
                        TEN,
                        5,
                        List.of(new MinuteTurnout(1, 3L, 2L), new MinuteTurnout(40, 7L, 5L)),
                        new QuarterVotes(0, List.of(2L, 0L)),
                        new QuarterVotes(2, List.of(4L, 1L))))
                .with(hour(1, TEN, 9, List.of(new MinuteTurnout(20, 10L, 10L)), new QuarterVotes(1, List.of(10L, 0L))));

        assertThat(history.stepSecondsOfOptions(300)).isEqualTo(900);
        assertThat(history.points(900, 0)).extracting(Point::votes).containsExactly(2L, 12L, 14L);
        assertThat(history.points(900, 1)).extracting(Point::votes).containsExactly(0L, 0L, 1L);
        assertThat(history.points(900)).extracting(Point::votes).containsOnlyNulls();
    }

    /** A build from before there were quarters has sent the same hour, and nothing was counted since. */
    @Test
    void shouldTakeTheQuartersThatASnapshotOfTheSameOffsetBrings() {
        TurnoutHistory without = TurnoutHistory.EMPTY.with(hour(0, TEN, 5, new MinuteTurnout(1, 3L, 2L)));
        TurnoutHistory history =
                without.with(hour(0, TEN, 5, List.of(new MinuteTurnout(1, 3L, 2L)), new QuarterVotes(0, List.of(2L))));

        assertThat(history.points(900, 0)).extracting(Point::votes).containsExactly(2L);
        assertThat(history.with(hour(0, TEN, 5, new MinuteTurnout(1, 3L, 2L)))).isSameAs(history);
    }

    @Test
    void shouldNotTellVotesWherePartOfThemIsUnknown() {
        TurnoutHistory history = TurnoutHistory.EMPTY
                .with(hour(0, TEN, 5, List.of(new MinuteTurnout(50, 3L, 2L)), new QuarterVotes(3, List.of(2L, 0L))))
                // Counted by a build that did not know quarters.
                .with(hour(1, TEN, 5, new MinuteTurnout(5, 3L, 2L)))
                // It was replaced in the middle of an hour.
                .with(hour(
                        1,
                        TEN.plus(Duration.ofHours(1)),
                        9,
                        List.of(new MinuteTurnout(1, 4L, 3L), new MinuteTurnout(31, 5L, 4L)),
                        new QuarterVotes(2, List.of(4L, 3L))));

        assertThat(history.points(900, 0))
                .extracting(Point::votes)
                .containsExactly(null, null, null, null, null, null, 6L);
        assertThat(history.points(900, 2))
                .as("no such option")
                .extracting(Point::votes)
                .containsOnlyNulls();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldNeverGoBackWhileSnapshotsCome(long seed) {
        Random random = new Random(seed);
        List<PartitionTurnout> snapshots = snapshots(draw(random), random);
        TurnoutHistory history = TurnoutHistory.EMPTY;
        Map<Instant, Point> seen = new TreeMap<>();
        for (PartitionTurnout snapshot : snapshots) {
            history = history.with(snapshot);
            for (Point point : history.points(1_800)) {
                Point before = seen.put(point.at(), point);
                if (before != null) {
                    assertThat(point.received()).isGreaterThanOrEqualTo(before.received());
                    assertThat(point.accepted()).isGreaterThanOrEqualTo(before.accepted());
                }
            }
        }
    }

    /** Draws counted votes, in the order of each partition's log. */
    private static List<Counted> draw(Random random) {
        List<Counted> votes = new ArrayList<>();
        int partitions = 1 + random.nextInt(4);
        int mostGapMinutes = random.nextBoolean() ? 2 : 200;
        for (int partition = 0; partition < partitions; partition++) {
            Instant minute = TEN.plus(random.nextInt(300), ChronoUnit.MINUTES);
            for (int vote = random.nextInt(100); vote >= 0; vote--) {
                minute = minute.plus(random.nextInt(mostGapMinutes), ChronoUnit.MINUTES);
                votes.add(new Counted(partition, minute, random.nextBoolean(), random.nextInt(OPTIONS)));
            }
        }
        return votes;
    }

    /** The snapshots that a tally sends of these votes: each hour when it is over, and the running one at times. */
    private static List<PartitionTurnout> snapshots(List<Counted> votes, Random random) {
        List<PartitionTurnout> snapshots = new ArrayList<>();
        for (int i = 0; i < votes.size(); i++) {
            Counted vote = votes.get(i);
            Counted next = i + 1 < votes.size() ? votes.get(i + 1) : null;
            boolean last = next == null
                    || next.partition() != vote.partition()
                    || !hourStart(next.minute()).equals(hourStart(vote.minute()));
            if (last || random.nextInt(5) == 0) {
                snapshots.add(snapshot(votes.subList(0, i + 1), vote.partition(), hourStart(vote.minute()), i));
            }
        }
        return snapshots;
    }

    private static PartitionTurnout snapshot(List<Counted> votes, int partition, Instant hour, long nextOffset) {
        TreeMap<Integer, MinuteTurnout> minutes = new TreeMap<>();
        TreeMap<Integer, QuarterVotes> quarters = new TreeMap<>();
        long[] byOption = new long[OPTIONS];
        long received = 0;
        long accepted = 0;
        for (Counted vote : votes) {
            if (vote.partition() == partition) {
                received++;
                accepted += vote.accepted() ? 1 : 0;
                byOption[vote.option()] += vote.accepted() ? 1 : 0;
                if (hourStart(vote.minute()).equals(hour)) {
                    int minute = (int) Duration.between(hour, vote.minute()).toMinutes();
                    minutes.put(minute, new MinuteTurnout(minute, received, accepted));
                    List<Long> now = LongStream.of(byOption).boxed().toList();
                    quarters.put(minute / 15, new QuarterVotes(minute / 15, now));
                }
            }
        }
        return new PartitionTurnout(
                "fruits",
                partition,
                4,
                hour,
                nextOffset,
                List.copyOf(minutes.values()),
                List.copyOf(quarters.values()));
    }

    private static List<Point> recount(List<Counted> votes, long stepSeconds, @Nullable Integer option) {
        Instant first =
                votes.stream().map(Counted::minute).min(Instant::compareTo).orElseThrow();
        Instant newest =
                votes.stream().map(Counted::minute).max(Instant::compareTo).orElseThrow();
        Instant end = first.plusSeconds(stepSeconds - first.getEpochSecond() % stepSeconds);
        List<Point> points = new ArrayList<>();
        boolean more = true;
        while (more) {
            Instant at = end;
            List<Counted> before =
                    votes.stream().filter(vote -> vote.minute().isBefore(at)).toList();
            List<Counted> accepted = before.stream().filter(Counted::accepted).toList();
            Long ofOption = option == null
                    ? null
                    : Long.valueOf(accepted.stream()
                            .filter(vote -> vote.option() == option)
                            .count());
            points.add(new Point(at, before.size(), accepted.size(), ofOption));
            more = !newest.isBefore(at);
            end = end.plusSeconds(stepSeconds);
        }
        return points;
    }

    private static Instant hourStart(Instant minute) {
        return minute.truncatedTo(ChronoUnit.HOURS);
    }

    private static PartitionTurnout hour(int partition, Instant hour, long nextOffset, MinuteTurnout... minutes) {
        return hour(partition, hour, nextOffset, List.of(minutes));
    }

    private static PartitionTurnout hour(
            int partition, Instant hour, long nextOffset, List<MinuteTurnout> minutes, QuarterVotes... quarters) {
        return new PartitionTurnout("fruits", partition, 2, hour, nextOffset, minutes, List.of(quarters));
    }

    private static PartitionTurnout hourOf(int partition, Instant minute, long nextOffset) {
        int inHour = (int) Duration.between(hourStart(minute), minute).toMinutes();
        return hour(partition, hourStart(minute), nextOffset, new MinuteTurnout(inHour, 1L, 1L));
    }
}
