// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.auditor.count.VoterTable.Seen;
import io.votelog.rules.Picks;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class VoterTableTest {
    private static final long SEED = Long.getLong("votelog.seed", 20211205);

    private record Voter(int ballot, long high, long low) {}

    private record Vote(long idHigh, long idLow, Picks picks) {}

    private final SplittableRandom random = new SplittableRandom(SEED);

    @Test
    void shouldKeepTheAcceptedVoteOfEachVoterAndBallot() {
        VoterTable table = new VoterTable();
        long[] picks = {7, 8};
        table.accept(1, 1, 2, 3, 4, picks);
        assertThat(table.seen(1, 1, 2, 3, 4, picks)).isEqualTo(Seen.SAME);
        assertThat(table.seen(1, 1, 2, 3, 4, new long[] {7, 9})).isEqualTo(Seen.SAME_ID);
        assertThat(table.seen(1, 1, 2, 3, 5, picks)).isEqualTo(Seen.OTHER);
        assertThat(table.seen(2, 1, 2, 3, 4, picks)).isEqualTo(Seen.NEW);
        assertThat(table.seen(1, 2, 1, 3, 4, picks)).isEqualTo(Seen.NEW);
    }

    @Test
    void shouldTellPicksApartWhereOneIsTheBeginningOfTheOther() {
        VoterTable table = new VoterTable();
        table.accept(1, 1, 2, 3, 4, new long[] {7});
        table.accept(2, 1, 2, 3, 4, new long[] {7, 8, 9});
        table.accept(3, 1, 2, 3, 4, new long[0]);
        table.accept(3, 5, 6, 7, 8, new long[0]);
        assertThat(table.seen(1, 1, 2, 3, 4, new long[] {7, 8})).isEqualTo(Seen.SAME_ID);
        assertThat(table.seen(1, 1, 2, 3, 4, new long[0])).isEqualTo(Seen.SAME_ID);
        assertThat(table.seen(2, 1, 2, 3, 4, new long[] {7, 8})).isEqualTo(Seen.SAME_ID);
        assertThat(table.seen(2, 1, 2, 3, 4, new long[] {7, 8, 9})).isEqualTo(Seen.SAME);
        assertThat(table.seen(3, 1, 2, 3, 4, new long[0])).isEqualTo(Seen.SAME);
        assertThat(table.seen(3, 1, 2, 3, 4, new long[] {5})).isEqualTo(Seen.SAME_ID);
    }

    @Test
    void shouldAnnulTheVoteOfThatIdOnceAndGiveItsPicks() {
        VoterTable table = new VoterTable();
        Picks few = Picks.of(0, 65);
        Picks many = Picks.of(3, 700);
        table.accept(1, 1, 2, 3, 4, few.words());
        table.accept(2, 1, 2, 3, 4, many.words());
        assertThat(table.annul(1, 1, 2, 3, 5)).isNull();
        assertThat(table.annul(1, 2, 2, 3, 4)).isNull();
        assertThat(table.annul(1, 1, 2, 3, 4)).isEqualTo(few);
        assertThat(table.annul(1, 1, 2, 3, 4)).isNull();
        assertThat(table.annul(2, 1, 2, 3, 4)).isEqualTo(many);
        assertThat(table.annul(2, 1, 2, 3, 4)).isNull();
        assertThat(table.seen(1, 1, 2, 3, 4, few.words())).isEqualTo(Seen.SAME);
        assertThat(table.seen(2, 1, 2, 3, 4, many.words())).isEqualTo(Seen.SAME);
        assertThat(table.seen(2, 1, 2, 3, 5, many.words())).isEqualTo(Seen.OTHER);
    }

    /** Few different numbers, so that keys are near each other, and zeros among them. */
    @Test
    void shouldDoWhatAMapDoes() {
        doesWhatAMapDoes(new VoterTable(), 200_000, 300);
    }

    /** So many voters that segments have split many times; each is asked for, and many that never voted. */
    @Test
    void shouldFindEveryVoterOfMany() {
        VoterTable table = new VoterTable();
        int voters = 400_000;
        for (long voter = 0; voter < voters; voter++) {
            assertThat(table.seen(1, voter << 40, voter, voter, 0, new long[] {voter}))
                    .isEqualTo(Seen.NEW);
            table.accept(1, voter << 40, voter, voter, 0, new long[] {voter});
        }
        for (long voter = 0; voter < voters; voter++) {
            assertThat(table.seen(1, voter << 40, voter, voter, 0, new long[] {voter}))
                    .isEqualTo(Seen.SAME);
            assertThat(table.seen(1, voter << 40, voter + voters, voter, 0, new long[] {voter}))
                    .isEqualTo(Seen.NEW);
            assertThat(table.seen(2, voter << 40, voter, voter, 0, new long[] {voter}))
                    .isEqualTo(Seen.NEW);
        }
    }

    /** Somebody who knew the hash could write pseudonyms like these. They make the table slow, and never wrong. */
    @Test
    void shouldDoWhatAMapDoesWhereHashesCollide() {
        doesWhatAMapDoes(new VoterTable((high, low, ballot) -> 0), 10_000, 25);
        doesWhatAMapDoes(new VoterTable((high, low, ballot) -> -1), 10_000, 25);
        doesWhatAMapDoes(new VoterTable((high, low, ballot) -> 0xfffL << 33), 10_000, 25);
        // Fifty segments, and in each of them every vote has the same hash.
        doesWhatAMapDoes(new VoterTable((high, low, ballot) -> (low % 50) << 58), 50_000, 180);
        // They differ in what is not kept of a hash alone.
        doesWhatAMapDoes(new VoterTable((high, low, ballot) -> high * 300 + low), 10_000, 25);
        // All in one half, then all in one quarter of it, and so on: the directory is as deep as it gets before it
        // spreads.
        doesWhatAMapDoes(
                new VoterTable((high, low, ballot) -> ((high * 300 + low) * 0x9E3779B97F4A7C15L) >>> 9), 100_000, 250);
    }

    @Test
    void shouldKeepVotesOnManyBallotsApart() {
        VoterTable table = new VoterTable();
        for (int round = 0; round < 20; round++) {
            for (int ballot = 1; ballot <= 2_000; ballot++) {
                table.accept(ballot, round, 0, ballot, round, new long[] {ballot});
            }
        }
        for (int round = 0; round < 20; round++) {
            for (int ballot = 1; ballot <= 2_000; ballot++) {
                assertThat(table.seen(ballot, round, 0, ballot, round, new long[] {ballot}))
                        .isEqualTo(Seen.SAME);
                assertThat(table.seen(ballot, round, 0, ballot, round, new long[] {ballot + 1}))
                        .isEqualTo(Seen.SAME_ID);
            }
        }
    }

    private void doesWhatAMapDoes(VoterTable table, int votes, int keys) {
        Map<Voter, Vote> map = new HashMap<>();
        Set<Voter> annulled = new HashSet<>();
        for (int i = 0; i < votes; i++) {
            Voter voter = new Voter(1 + random.nextInt(3), random.nextLong(keys) - 5, random.nextLong(keys));
            Vote vote = new Vote(random.nextLong(2), random.nextLong(2), picks());
            Vote accepted = map.get(voter);
            assertThat(seen(table, voter, vote)).as("seed %d, vote %d", SEED, i).isEqualTo(expected(accepted, vote));
            if (accepted == null) {
                map.put(voter, vote);
                table.accept(
                        voter.ballot(),
                        voter.high(),
                        voter.low(),
                        vote.idHigh(),
                        vote.idLow(),
                        vote.picks().words());
            } else if (random.nextInt(10) == 0) {
                boolean effect =
                        accepted.idHigh() == vote.idHigh() && accepted.idLow() == vote.idLow() && annulled.add(voter);
                assertThat(table.annul(voter.ballot(), voter.high(), voter.low(), vote.idHigh(), vote.idLow()))
                        .as("seed %d, vote %d", SEED, i)
                        .isEqualTo(effect ? accepted.picks() : null);
            }
        }
        map.forEach((voter, vote) -> {
            assertThat(seen(table, voter, vote)).as("seed %d", SEED).isEqualTo(Seen.SAME);
            assertThat(table.annul(voter.ballot(), voter.high(), voter.low(), vote.idHigh(), vote.idLow()))
                    .as("seed %d", SEED)
                    .isEqualTo(annulled.contains(voter) ? null : vote.picks());
        });
    }

    /** Sets of some words, few of them different, so that the same ones come again. */
    private Picks picks() {
        return switch (random.nextInt(4)) {
            case 0 -> Picks.of();
            case 1 -> Picks.of(random.nextInt(2));
            case 2 -> Picks.of(64 + random.nextInt(2));
            default -> Picks.of(random.nextInt(2), 1023 - random.nextInt(2));
        };
    }

    private static Seen seen(VoterTable table, Voter voter, Vote vote) {
        return table.seen(
                voter.ballot(),
                voter.high(),
                voter.low(),
                vote.idHigh(),
                vote.idLow(),
                vote.picks().words());
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
