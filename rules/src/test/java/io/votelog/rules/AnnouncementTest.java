// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules of the announcement that the system was made for, sentence by sentence. */
class AnnouncementTest {
    private static final Ballot BALLOT = BallotFiles.ballot(BallotFiles.gzCustoms2021());
    private static final Decision.PartitionBallot OPEN =
            new Decision.PartitionBallot(BALLOT, 0, Decision.PartitionBallot.OPEN_ENDED);
    private static final Instant DURING = Instant.parse("2021-12-07T04:00:00Z");

    @Test
    @DisplayName("投票时间:12月5日—12月11日。")
    void shouldTakeVotesFromTheFirstToTheLastMillisecondInBeijing() {
        List<String> choices = List.of("01", "25");
        assertThat(at(Instant.parse("2021-12-04T15:59:59.999Z"), choices)).isEqualTo(rejected(Reason.NOT_OPEN));
        assertThat(at(Instant.parse("2021-12-04T16:00:00Z"), choices)).isEqualTo(accepted(0, 24));
        assertThat(at(Instant.parse("2021-12-11T15:59:59.999Z"), choices)).isEqualTo(accepted(0, 24));
        assertThat(at(Instant.parse("2021-12-11T16:00:00Z"), choices)).isEqualTo(rejected(Reason.CLOSED));
    }

    @Test
    @DisplayName("典型案例分为两部分")
    void shouldShowTheCasesInTwoParts() {
        assertThat(BALLOT.sections()).extracting(Section::id).containsExactly("A", "B");
        assertThat(BALLOT.optionCount()).isEqualTo(43);
    }

    @Test
    @DisplayName("排名不分先后")
    void shouldTakeNoOrderForARanking() {
        assertThat(BALLOT.order()).isEqualTo(Order.SHUFFLED);
        List<String> choices = new ArrayList<>(List.of("03", "43", "22", "23"));
        Verdict inThisOrder = at(DURING, choices);
        Collections.reverse(choices);
        assertThat(at(DURING, choices)).isEqualTo(inThisOrder).isEqualTo(accepted(2, 21, 22, 42));
    }

    @Test
    @DisplayName("每个用户只能投票1次")
    void shouldCountOneVoteOfAUser() {
        AcceptedVote first = new AcceptedVote(new UUID(0, 1), 1, DURING.toEpochMilli(), Picks.of(0, 24));
        assertThat(decide(first, new UUID(0, 2), List.of("02", "26"))).isEqualTo(rejected(Reason.ALREADY_VOTED));
        assertThat(decide(first, new UUID(0, 2), List.of("01", "25"))).isEqualTo(rejected(Reason.ALREADY_VOTED));
        assertThat(decide(first, new UUID(0, 1), List.of("25", "01"))).isEqualTo(new Verdict.Retried(first));
    }

    @Test
    @DisplayName("两部分典型案例均需投选方可提交")
    void shouldAskForPicksFromBothParts() {
        assertThat(at(DURING, List.of("01", "02"))).isEqualTo(rejected(Reason.SECTION_TOO_FEW));
        assertThat(at(DURING, List.of("42", "43"))).isEqualTo(rejected(Reason.SECTION_TOO_FEW));
        assertThat(at(DURING, List.of("22", "23"))).isEqualTo(accepted(21, 22));
        assertThat(BALLOT.violations(List.of("01", "02")))
                .containsExactly(
                        new Violation(Reason.SECTION_TOO_FEW, "section B: 0 options are picked; at least 1 is needed"));
    }

    @Test
    @DisplayName("合计投票不超过10项")
    void shouldTakeAtMostTenPicksInAll() {
        assertThat(at(DURING, cases(18, 27)))
                .isEqualTo(accepted(IntStream.rangeClosed(17, 26).toArray()));
        assertThat(at(DURING, cases(18, 28))).isEqualTo(rejected(Reason.TOO_MANY_PICKS));
        assertThat(BALLOT.violations(cases(18, 28)))
                .containsExactly(new Violation(Reason.TOO_MANY_PICKS, "11 options are picked; at most 10 are allowed"));
    }

    private static List<String> cases(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(number -> String.format("%02d", number))
                .toList();
    }

    private static Verdict at(Instant recordedAt, List<String> choices) {
        return Decision.decide(OPEN, null, new LoggedVote(new UUID(0, 1), choices, 2, recordedAt.toEpochMilli()));
    }

    private static Verdict decide(@Nullable AcceptedVote accepted, UUID voteId, List<String> choices) {
        return Decision.decide(OPEN, accepted, new LoggedVote(voteId, choices, 2, DURING.toEpochMilli()));
    }

    private static Verdict accepted(int... indexes) {
        return new Verdict.Accepted(Picks.of(indexes));
    }

    private static Verdict rejected(Reason reason) {
        return new Verdict.Rejected(reason);
    }
}
