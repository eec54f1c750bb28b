// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.auditor.count.VoterTable.Seen;
import io.votelog.rules.Picks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class VoterTableTest {
    private static final long SEED = Long.getLong("votelog.seed", 20211205);

    private record Voter(int ballot, long high, long low) {}

    private record Vote(long idHigh, long idLow, long choicesHigh, long choicesLow) {
        long[] choices() {
            return new long[] {choicesHigh, choicesLow};
        }
    }

    @Test
    void shouldKeepTheAcceptedVoteOfEachVoterAndBallot() {
        VoterTable table = new VoterTable();
        long[] choices = {7, 8};
        table.accept(1, 1, 2, 3, 4, choices, null);
        assertThat(table.seen(1, 1, 2, 3, 4, choices)).isEqualTo(Seen.SAME);
        assertThat(table.seen(1, 1, 2, 3, 4, new long[] {7, 9})).isEqualTo(Seen.SAME_ID);
        assertThat(table.seen(1, 1, 2, 3, 5, choices)).isEqualTo(Seen.OTHER);
        assertThat(table.seen(2, 1, 2, 3, 4, choices)).isEqualTo(Seen.NEW);
        assertThat(table.seen(1, 2, 1, 3, 4, choices)).isEqualTo(Seen.NEW);
    }

    @Test
    void shouldAnnulTheVoteOfThatIdOnceAndGiveItsPicks() {
        VoterTable table = new VoterTable();
        Picks few = Picks.of(0, 65);
        Picks many = Picks.of(3, 700);
        table.accept(1, 1, 2, 3, 4, Arrays.copyOf(few.words(), 2), null);
        table.accept(2, 1, 2, 3, 4, new long[] {5, 6}, many);
        assertThat(table.annul(1, 1, 2, 3, 5)).isNull();
        assertThat(table.annul(1, 2, 2, 3, 4)).isNull();
        assertThat(table.annul(1, 1, 2, 3, 4)).isEqualTo(few);
        assertThat(table.annul(1, 1, 2, 3, 4)).isNull();
        assertThat(table.annul(2, 1, 2, 3, 4)).isEqualTo(many);
        assertThat(table.annul(2, 1, 2, 3, 4)).isNull();
        assertThat(table.seen(1, 1, 2, 3, 4, few.words())).isEqualTo(Seen.SAME);
        assertThat(table.seen(2, 1, 2, 3, 4, new long[] {5, 6})).isEqualTo(Seen.SAME);
        assertThat(table.seen(2, 1, 2, 3, 5, new long[] {5, 6})).isEqualTo(Seen.OTHER);
    }

    /** Few different numbers, so that keys are near each other, and zeros among them. */
    @Test
    void shouldDoWhatAMapDoes() {
        SplittableRandom random = new SplittableRandom(SEED);
        VoterTable table = new VoterTable();
        Map<Voter, Vote> map = new HashMap<>();
        Set<Voter> annulled = new HashSet<>();
        for (int i = 0; i < 200_000; i++) {
            Voter voter = new Voter(1 + random.nextInt(3), random.nextLong(300) - 5, random.nextLong(300));
            Vote vote = new Vote(random.nextLong(2), random.nextLong(2), random.nextLong(2), random.nextLong(2));
            Vote accepted = map.get(voter);
            assertThat(table.seen(
                            voter.ballot(), voter.high(), voter.low(), vote.idHigh(), vote.idLow(), vote.choices()))
                    .as("seed %d, vote %d", SEED, i)
                    .isEqualTo(expected(accepted, vote));
            if (accepted == null) {
                map.put(voter, vote);
                Picks longer = random.nextBoolean() ? Picks.ofWords(vote.choices()) : null;
                table.accept(
                        voter.ballot(), voter.high(), voter.low(), vote.idHigh(), vote.idLow(), vote.choices(), longer);
            } else if (random.nextInt(10) == 0) {
                boolean effect =
                        accepted.idHigh() == vote.idHigh() && accepted.idLow() == vote.idLow() && annulled.add(voter);
                assertThat(table.annul(voter.ballot(), voter.high(), voter.low(), vote.idHigh(), vote.idLow()))
                        .as("seed %d, vote %d", SEED, i)
                        .isEqualTo(effect ? Picks.ofWords(accepted.choices()) : null);
            }
        }
        List<Voter> all = new ArrayList<>(map.keySet());
        for (Voter voter : all) {
            Vote vote = map.get(voter);
            assertThat(table.seen(
                            voter.ballot(), voter.high(), voter.low(), vote.idHigh(), vote.idLow(), vote.choices()))
                    .isEqualTo(Seen.SAME);
        }
    }

    private static Seen expected(Vote accepted, Vote vote) {
        if (accepted == null) {
            return Seen.NEW;
        }
        if (accepted.idHigh() != vote.idHigh() || accepted.idLow() != vote.idLow()) {
            return Seen.OTHER;
        }
        return accepted.equals(vote) ? Seen.SAME : Seen.SAME_ID;
    }
}
