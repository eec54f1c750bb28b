// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DecisionTest {
    private static final Ballot BALLOT = BallotFiles.ballot(BallotFiles.gzCustoms2021());
    private static final long OPENS_AT_MS = BALLOT.opensAt().toEpochMilli();
    private static final long CLOSES_AT_MS = BALLOT.closesAt().toEpochMilli();
    private static final Decision.PartitionBallot OPEN =
            new Decision.PartitionBallot(BALLOT, 10, Decision.PartitionBallot.OPEN_ENDED);
    private static final Decision.PartitionBallot ENDED_AT_50 = new Decision.PartitionBallot(BALLOT, 10, 50);
    private static final UUID ID = new UUID(7, 7);
    private static final UUID OTHER_ID = new UUID(8, 8);
    private static final List<String> GOOD = List.of("01", "25");
    private static final AcceptedVote ACCEPTED_AT_20 = new AcceptedVote(ID, 20, OPENS_AT_MS, Picks.of(0, 24));

    @Test
    void shouldKeepThePrecedenceOfReasons() {
        assertThat(Reason.values())
                .extracting(Reason::name)
                .containsExactly(
                        "UNKNOWN_BALLOT",
                        "NOT_OPEN",
                        "CLOSED",
                        "NO_CHOICE",
                        "UNKNOWN_OPTION",
                        "REPEATED_OPTION",
                        "TOO_MANY_PICKS",
                        "TOO_FEW_PICKS",
                        "SECTION_TOO_MANY",
                        "SECTION_TOO_FEW",
                        "VOTE_ID_REUSED",
                        "ALREADY_VOTED");
    }

    /** Each vote breaks its own rule and all those that come later and can hold with it. */
    @Test
    void shouldNameTheFirstReasonThatHolds() {
        Ballot ballot = BallotFiles.ballot(BallotFiles.map(
                "ballotId", "precedence",
                "title", "Every rule can be broken",
                "window", BallotFiles.map("opensAt", "2030-01-01T00:00:00Z", "closesAt", "2030-01-02T00:00:00Z"),
                "picks", BallotFiles.map("min", 3, "max", 4),
                "sections",
                        BallotFiles.list(
                                BallotFiles.section(
                                        "A", "A", BallotFiles.map("min", 1, "max", 2), BallotFiles.options(1, 4)),
                                BallotFiles.section(
                                        "B", "B", BallotFiles.map("min", 1, "max", 2), BallotFiles.options(5, 8)))));
        long before = Instant.parse("2029-12-31T23:59:59.999Z").toEpochMilli();
        long during = Instant.parse("2030-01-01T12:00:00Z").toEpochMilli();
        Decision.PartitionBallot open = new Decision.PartitionBallot(ballot, 10, Decision.PartitionBallot.OPEN_ENDED);
        Decision.PartitionBallot ended = new Decision.PartitionBallot(ballot, 10, 30);
        AcceptedVote accepted = new AcceptedVote(ID, 20, during, Picks.of(0, 1, 4));
        List<String> bad = List.of("01", "01", "02", "03", "04", "no");

        assertThat(reason(null, accepted, ID, bad, before)).isEqualTo(Reason.UNKNOWN_BALLOT);
        assertThat(reason(ended, accepted, ID, bad, before)).isEqualTo(Reason.NOT_OPEN);
        assertThat(reason(ended, accepted, ID, bad, during)).isEqualTo(Reason.CLOSED);
        assertThat(reason(open, accepted, ID, List.of(), during)).isEqualTo(Reason.NO_CHOICE);
        assertThat(reason(open, accepted, ID, bad, during)).isEqualTo(Reason.UNKNOWN_OPTION);
        assertThat(reason(open, accepted, ID, List.of("01", "01", "02", "03", "04", "05"), during))
                .isEqualTo(Reason.REPEATED_OPTION);
        assertThat(reason(open, accepted, ID, List.of("04", "05", "06", "07", "08"), during))
                .isEqualTo(Reason.TOO_MANY_PICKS);
        assertThat(reason(open, accepted, ID, List.of("01", "02"), during)).isEqualTo(Reason.TOO_FEW_PICKS);
        assertThat(reason(open, accepted, ID, List.of("01", "02", "03"), during))
                .isEqualTo(Reason.SECTION_TOO_MANY);
        assertThat(reason(open, accepted, ID, List.of("03", "05", "06"), during))
                .isEqualTo(Reason.VOTE_ID_REUSED);
        assertThat(reason(open, accepted, OTHER_ID, List.of("03", "05", "06"), during))
                .isEqualTo(Reason.ALREADY_VOTED);

        // A section can only be too empty alone where another one has room for every pick.
        assertThat(reason(OPEN, ACCEPTED_AT_20, ID, List.of("01", "02"), OPENS_AT_MS))
                .isEqualTo(Reason.SECTION_TOO_FEW);
    }

    private static Reason reason(
            Decision.@Nullable PartitionBallot partitionBallot,
            AcceptedVote accepted,
            UUID id,
            List<String> choices,
            long recordedAtMs) {
        Verdict verdict = Decision.decide(partitionBallot, accepted, new LoggedVote(id, choices, 40, recordedAtMs));
        assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
        return ((Verdict.Rejected) verdict).reason();
    }

    @Test
    void shouldKnowABallotOnlyBehindItsDefinition() {
        assertThat(Decision.decide(null, null, vote(ID, GOOD, 11))).isEqualTo(rejected(Reason.UNKNOWN_BALLOT));
        assertThat(Decision.decide(OPEN, null, vote(ID, GOOD, 9))).isEqualTo(rejected(Reason.UNKNOWN_BALLOT));
        assertThat(Decision.decide(OPEN, null, vote(ID, GOOD, 10))).isEqualTo(rejected(Reason.UNKNOWN_BALLOT));
        assertThat(Decision.decide(OPEN, null, vote(ID, GOOD, 11))).isEqualTo(accepted(0, 24));
    }

    @Test
    void shouldCloseAtTheEndOffsetWhateverTheClockSays() {
        assertThat(Decision.decide(ENDED_AT_50, null, vote(ID, GOOD, 49))).isEqualTo(accepted(0, 24));
        assertThat(Decision.decide(ENDED_AT_50, null, vote(ID, GOOD, 50))).isEqualTo(rejected(Reason.CLOSED));
        assertThat(Decision.decide(ENDED_AT_50, null, vote(ID, GOOD, 51))).isEqualTo(rejected(Reason.CLOSED));
    }

    @Test
    void shouldCloseAtTheClosingTimeEvenWhereNoEndIsKnown() {
        LoggedVote late = new LoggedVote(ID, GOOD, 40, CLOSES_AT_MS);
        assertThat(Decision.decide(OPEN, null, late)).isEqualTo(rejected(Reason.CLOSED));
    }

    @Test
    void shouldTellARetryByItsIdAndItsSetOfChoices() {
        Verdict retried = new Verdict.Retried(ACCEPTED_AT_20);
        assertThat(decideAfterAccepted(ID, GOOD)).isEqualTo(retried);
        assertThat(decideAfterAccepted(ID, List.of("25", "01"))).isEqualTo(retried);
        assertThat(decideAfterAccepted(ID, List.of("25", "01", "25"))).isEqualTo(retried);

        assertThat(decideAfterAccepted(OTHER_ID, GOOD)).isEqualTo(rejected(Reason.ALREADY_VOTED));
        assertThat(decideAfterAccepted(ID, List.of("01", "26"))).isEqualTo(rejected(Reason.VOTE_ID_REUSED));
        assertThat(decideAfterAccepted(ID, List.of("01", "25", "26"))).isEqualTo(rejected(Reason.VOTE_ID_REUSED));
        assertThat(decideAfterAccepted(ID, List.of("01", "25", "no"))).isEqualTo(rejected(Reason.UNKNOWN_OPTION));
        assertThat(decideAfterAccepted(ID, List.of())).isEqualTo(rejected(Reason.NO_CHOICE));
    }

    private static Verdict decideAfterAccepted(UUID id, List<String> choices) {
        return Decision.decide(OPEN, ACCEPTED_AT_20, vote(id, choices, 40));
    }

    @Test
    void shouldTellARetryAfterTheEndAndBeforeTheOpeningToo() {
        Verdict retried = new Verdict.Retried(ACCEPTED_AT_20);
        assertThat(Decision.decide(ENDED_AT_50, ACCEPTED_AT_20, vote(ID, GOOD, 60)))
                .isEqualTo(retried);
        assertThat(Decision.decide(OPEN, ACCEPTED_AT_20, new LoggedVote(ID, GOOD, 60, CLOSES_AT_MS + 1)))
                .isEqualTo(retried);
        // The clock of a new leader may run behind that of the one that stamped the accepted vote.
        assertThat(Decision.decide(OPEN, ACCEPTED_AT_20, new LoggedVote(ID, GOOD, 60, OPENS_AT_MS - 1)))
                .isEqualTo(retried);
    }

    @Test
    void shouldAcceptTheAcceptedVoteAgainWhenItsRecordIsDecidedAgain() {
        assertThat(Decision.decide(ENDED_AT_50, ACCEPTED_AT_20, vote(ID, GOOD, 20)))
                .isEqualTo(accepted(0, 24));
    }

    @Test
    void shouldNotSeeAnAcceptedVoteThatStandsBehindTheVote() {
        List<String> ten = new ArrayList<>(GOOD);
        IntStream.rangeClosed(30, 38).forEach(number -> ten.add(Integer.toString(number)));
        assertThat(Decision.decide(OPEN, ACCEPTED_AT_20, vote(OTHER_ID, ten, 19)))
                .isEqualTo(rejected(Reason.TOO_MANY_PICKS));
        assertThat(Decision.decide(OPEN, ACCEPTED_AT_20, vote(ID, List.of("01"), 19)))
                .isEqualTo(rejected(Reason.TOO_FEW_PICKS));
        assertThat(Decision.decide(OPEN, ACCEPTED_AT_20, vote(ID, List.of("02", "26"), 19)))
                .isEqualTo(accepted(1, 25));
    }

    @Test
    void shouldNotUseUpTheVoteOfAVoterWhoseVoteIsInvalid() {
        assertThat(Decision.decide(OPEN, null, vote(ID, List.of("01"), 11))).isEqualTo(rejected(Reason.TOO_FEW_PICKS));
        assertThat(Decision.decide(OPEN, null, vote(ID, GOOD, 12))).isEqualTo(accepted(0, 24));
    }

    private static LoggedVote vote(UUID id, List<String> choices, long offset) {
        return new LoggedVote(id, choices, offset, OPENS_AT_MS);
    }

    private static Verdict accepted(int... indexes) {
        return new Verdict.Accepted(Picks.of(indexes));
    }

    private static Verdict rejected(Reason reason) {
        return new Verdict.Rejected(reason);
    }
}
