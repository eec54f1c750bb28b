// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import io.votelog.events.BallotPublished;
import io.votelog.events.MinuteTurnout;
import io.votelog.events.PartitionTurnout;
import io.votelog.events.QuarterVotes;
import io.votelog.rules.Decision.PartitionBallot;
import io.votelog.rules.Reason;
import io.votelog.rules.Verdict;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Events;
import io.votelog.streams.topology.LogStep.JudgedVote;
import io.votelog.streams.topology.PartitionHarness.LogRecord;
import io.votelog.streams.topology.rows.BallotRow;
import java.io.File;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One ballot's turnout in one partition, vote by vote. Expected turnout is written as minute, received and accepted. */
class TurnoutTest {
    private final LogFixture log = new LogFixture();
    private final BallotDefinition ballot = LogFixture.ballot("fruits");

    @TempDir
    File stateDir;

    private PartitionHarness partition;
    private int nextOffset;

    @BeforeEach
    void publish() {
        partition = new PartitionHarness(log.keys(), 0, stateDir);
        control(log.published(ballot, 0, 1), "09:00:00");
    }

    @Test
    void shouldTellTheCountsAtTheEndOfEachMinuteThatHasAVote() {
        accepted("10:00:05");
        refused("10:00:59.999");
        accepted("10:01:00");
        accepted("10:03:20");
        assertThat(told()).as("before any timer").isEmpty();
        partition.emit();

        assertThat(told()).containsExactly("10:00 2/1", "10:01 3/2", "10:03 4/3");
        assertThat(partition.turnout()).containsOnlyKeys("fruits/0/2021-12-06T10:00:00Z");
        accepted("10:03:59");
        partition.emit();
        assertThat(told()).containsExactly("10:00 2/1", "10:01 3/2", "10:03 5/4");
    }

    @Test
    void shouldTellOfAnHourAtOnceWhenItIsOver() {
        accepted("10:58:00");
        accepted("10:59:59.999");
        partition.emit();
        accepted("11:00:00");

        assertThat(told()).containsExactly("10:58 1/1", "10:59 2/2");
        assertThat(partition.turnout().get("fruits/0/2021-12-06T10:00:00Z").getNextOffset())
                .isEqualTo(nextOffset);
        accepted("13:30:00");
        assertThat(told()).containsExactly("10:58 1/1", "10:59 2/2", "11:00 3/3");
        partition.emit();
        assertThat(told()).containsExactly("10:58 1/1", "10:59 2/2", "11:00 3/3", "13:30 4/4");
    }

    @Test
    void shouldTellNothingMoreOfABallotThatIsQuiet() {
        accepted("10:00:00");
        partition.emit();
        assertThat(partition.newTurnout()).hasSize(1);
        BallotDefinition other = LogFixture.ballot("nuts");
        control(log.published(other, 0, 1), "10:30:00");
        process(new LogRecord(LogFixture.voter(99), LogFixture.vote("nuts", 99, "a1", "b1"), at("12:00:00")));
        partition.emit();

        assertThat(partition.newTurnout())
                .extracting(PartitionTurnout::getBallotId)
                .containsExactly("nuts");
        assertThat(told()).containsExactly("10:00 1/1", "12:00 1/1");
    }

    @Test
    void shouldTakeTheNewestMinuteForAVoteOfAClockThatWentBack() {
        accepted("08:59:59");
        accepted("10:59:30");
        accepted("10:58:59");
        accepted("09:10:00");
        accepted("11:00:00");
        accepted("10:59:59");
        partition.emit();

        // The ballot was published at nine.
        assertThat(told()).containsExactly("09:00 1/1", "10:59 4/4", "11:00 6/6");
    }

    @Test
    void shouldTellOfTheLastHourAtOnceWhenTheBallotEndsAndOfNothingBehind() {
        accepted("10:00:00");
        accepted("10:01:00");
        control(log.closed(ballot, 0), "10:02:00");

        assertThat(told()).containsExactly("10:00 1/1", "10:01 2/2");
        partition.newTurnout();
        refused("10:03:00");
        refused("11:03:00");
        partition.emit();
        assertThat(partition.newTurnout()).isEmpty();
        assertThat(partition.emit()).isEmpty();
    }

    @Test
    void shouldNotCountTheVoteThatEndsTheBallot() {
        accepted("10:00:00");
        process(new LogRecord(
                LogFixture.voter(99), LogFixture.vote("fruits", 99, "a1", "b1"), LogFixture.CLOSES_AT.toEpochMilli()));

        assertThat(told()).containsExactly("10:00 1/1");
    }

    @Test
    void shouldGoOnAfterARestartInTheMiddleOfAnHourAsIfThereHadBeenNone() {
        accepted("10:00:00");
        accepted("10:01:00");
        partition.restart();
        accepted("10:01:30");
        partition.restart();
        refused("10:05:00");
        accepted("11:00:00");
        accepted("11:01:00");
        partition.restart();
        partition.emit();

        assertThat(told()).containsExactly("10:00 1/1", "10:01 3/3", "10:05 4/3", "11:00 5/4", "11:01 6/5");
    }

    @Test
    void shouldTellOfEveryBallotAfterARestart() {
        accepted("10:00:00");
        control(log.closed(ballot, 0), "10:02:00");
        control(log.published(LogFixture.ballot("nobody-voted"), 0, 1), "10:03:00");
        partition.emit();
        partition.newTurnout();
        partition.restart();
        partition.emit();

        assertThat(partition.newTurnout()).singleElement().satisfies(turnout -> {
            assertThat(turnout.getBallotId()).isEqualTo("fruits");
            assertThat(turnout.getNextOffset()).isEqualTo(nextOffset);
        });
    }

    @Test
    void shouldHaveNoTurnoutOfBallotsThatNobodyPublished() {
        process(new LogRecord(LogFixture.voter(1), LogFixture.vote("nowhere", 1, "a1", "b1"), at("10:00:00")));
        process(new LogRecord(LogFixture.voter(1), LogFixture.vote("nowhere", 1, "a1", "b1"), at("11:00:00")));
        assertThat(partition.emit()).containsKey(BallotTally.UNKNOWN);

        assertThat(partition.turnout()).isEmpty();
    }

    @Test
    void shouldPutItsRowWithTheFirstVoteOfAMinuteAlone() throws Exception {
        @SuppressWarnings("unchecked")
        KeyValueStore<String, byte[]> store = mock(KeyValueStore.class);
        BallotPublished published = Events.decode(log.published(ballot, 0, 1), BallotPublished.class);
        BallotRow row = BallotRow.of(published, 0, PartitionBallot.OPEN_ENDED);
        BallotTally tally = BallotTally.open(store, row, at("09:00:00"));
        JudgedVote vote = new JudgedVote(row, new Verdict.Rejected(Reason.NO_CHOICE));
        for (int second = 0; second < 150; second++) {
            tally.count(vote, 1 + second, at("10:00:00") + 1_000L * second);
        }

        verify(store, times(2)).put(eq("fruits" + BallotTurnout.ROW), any());
    }

    @Test
    void shouldTellTheVotesOfEachOptionAtTheEndOfEachQuarterThatHasAVote() {
        cast("10:00:00", "ACCEPTED", "a1", "b1");
        refused("10:14:59.999");
        cast("10:15:00", "ACCEPTED", "a2", "b1");
        cast("10:50:00", "ACCEPTED", "a1", "b2");
        cast("12:59:00", "ACCEPTED", "a1", "b1");
        partition.emit();

        assertThat(quarters())
                .containsExactly(
                        "10:00 [1, 0, 0, 1, 0, 0]",
                        "10:15 [1, 1, 0, 2, 0, 0]",
                        "10:45 [2, 1, 0, 2, 1, 0]",
                        "12:45 [3, 1, 0, 3, 1, 0]");
    }

    @Test
    void shouldGoOnWithItsQuartersAfterARestart() {
        accepted("10:00:00");
        accepted("10:15:00");
        partition.restart();
        accepted("10:30:00");
        partition.restart();
        accepted("11:00:00");
        partition.restart();
        partition.emit();

        assertThat(quarters())
                .containsExactly(
                        "10:00 [1, 0, 0, 1, 0, 0]",
                        "10:15 [2, 0, 0, 2, 0, 0]",
                        "10:30 [3, 0, 0, 3, 0, 0]",
                        "11:00 [4, 0, 0, 4, 0, 0]");
    }

    /** A build from before there were quarters keeps the minutes up to date, and the row of quarters as it was. */
    @Test
    void shouldForgetQuartersThatAnOlderBuildWentOnFrom() {
        accepted("10:00:00");
        accepted("10:15:00");
        byte[] stale = partition.tallyRow("fruits" + BallotTurnout.QUARTERS_ROW);
        accepted("10:30:00");
        accepted("10:31:00");
        accepted("10:46:00");
        partition.putTallyRow("fruits" + BallotTurnout.QUARTERS_ROW, stale);
        partition.restart();
        partition.emit();
        assertThat(told()).containsExactly("10:00 1/1", "10:15 2/2", "10:30 3/3", "10:31 4/4", "10:46 5/5");
        assertThat(quarters()).containsExactly("10:45 [5, 0, 0, 5, 0, 0]");

        accepted("12:20:00");
        accepted("12:31:00");
        partition.putTallyRow("fruits" + BallotTurnout.QUARTERS_ROW, stale);
        partition.restart();
        accepted("12:46:00");
        partition.emit();
        assertThat(quarters())
                .containsExactly("10:45 [5, 0, 0, 5, 0, 0]", "12:30 [7, 0, 0, 7, 0, 0]", "12:45 [8, 0, 0, 8, 0, 0]");
    }

    @Test
    void shouldTakeAnAnnulledVoteOutOfTheNewestQuarterBehindTheEndToo() {
        int first = nextOffset;
        accepted("10:00:00");
        int second = nextOffset;
        accepted("10:15:00");
        accepted("10:30:00");
        control(log.annulled(ballot, first, first, 0), "10:50:00");
        partition.emit();
        assertThat(quarters())
                .containsExactly("10:00 [1, 0, 0, 1, 0, 0]", "10:15 [2, 0, 0, 2, 0, 0]", "10:30 [2, 0, 0, 2, 0, 0]");
        control(log.closed(ballot, 0), "11:00:00");
        control(log.annulled(ballot, second, second, 0), "12:00:00");
        partition.emit();

        assertThat(quarters())
                .containsExactly("10:00 [1, 0, 0, 1, 0, 0]", "10:15 [2, 0, 0, 2, 0, 0]", "10:30 [1, 0, 0, 1, 0, 0]");
        assertThat(told()).containsExactly("10:00 1/1", "10:15 2/2", "10:30 3/3");
    }

    @Test
    void shouldTellNoVotesOfABallotThatHidesThem() {
        BallotDefinition hidden = LogFixture.ballot("secret", 3, 4, "after-close");
        control(log.published(hidden, 0, 1), "09:00:00");
        process(new LogRecord(LogFixture.voter(99), LogFixture.vote("secret", 99, "a1", "b1"), at("10:00:00")));
        control(log.closed(hidden, 0), "11:00:00");
        partition.emit();

        assertThat(told()).containsExactly("10:00 1/1");
        assertThat(quarters()).isEmpty();
    }

    private List<String> quarters() {
        List<String> told = new ArrayList<>();
        for (PartitionTurnout hour : partition.turnout().values()) {
            for (QuarterVotes quarter : hour.getQuarters()) {
                told.add("%s:%02d %s"
                        .formatted(
                                hour.getHour().toString().substring(11, 13),
                                15 * quarter.getQuarter(),
                                quarter.getVotes()));
            }
        }
        return told;
    }

    private void accepted(String time) {
        cast(time, "ACCEPTED", "a1", "b1");
    }

    private void refused(String time) {
        cast(time, "REJECTED", "a1");
    }

    private void cast(String time, String outcome, String... choices) {
        byte[] vote = LogFixture.vote("fruits", nextOffset, choices);
        assertThat(process(new LogRecord(LogFixture.voter(nextOffset), vote, at(time))))
                .startsWith(outcome);
    }

    private void control(byte[] record, String time) {
        assertThat(process(new LogRecord(null, record, at(time)))).isEmpty();
    }

    private String process(LogRecord record) {
        return partition.process(record, nextOffset++);
    }

    private static long at(String time) {
        return Instant.parse("2021-12-06T" + time + "Z").toEpochMilli();
    }

    private List<String> told() {
        List<String> told = new ArrayList<>();
        for (PartitionTurnout hour : partition.turnout().values()) {
            for (MinuteTurnout minute : hour.getMinutes()) {
                told.add("%s:%02d %d/%d"
                        .formatted(
                                hour.getHour().toString().substring(11, 13),
                                minute.getMinute(),
                                minute.getReceived(),
                                minute.getAccepted()));
            }
        }
        return told;
    }
}
