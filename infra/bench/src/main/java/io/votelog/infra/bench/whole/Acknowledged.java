// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import io.votelog.infra.bench.load.VoteFates;
import io.votelog.infra.bench.voters.DrawnVotes;
import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.rules.Ballot;
import java.util.BitSet;
import java.util.UUID;

/**
 * The votes that one system has acknowledged in all rounds, and those of which nobody knows whether it has them. Written by the thread
 * that sends votes, read when no load is under way.
 */
final class Acknowledged implements VoteFates {
    private final BitSet acked = new BitSet();
    private final BitSet unknown = new BitSet();
    private long refused;

    @Override
    public void acked(int voter, int partition, long offset, UUID voteId, long writtenNs) {
        acked.set(voter);
    }

    @Override
    public void refused(int voter, int status) {
        refused++;
    }

    @Override
    public void unknown(int voter) {
        unknown.set(voter);
    }

    long count() {
        return acked.cardinality();
    }

    long refused() {
        return refused;
    }

    /**
     * Holds what was counted against what was acknowledged: each vote once, and an unknown one at most once.
     *
     * @throws BenchException where they differ
     */
    void require(String who, Counts counted, Ballot ballot, DrawnVotes votes) {
        BitSet open = (BitSet) unknown.clone();
        open.andNot(acked);
        require(who, "votes", acked.cardinality(), open.cardinality(), counted.votes());
        long[] sure = byOption(acked, ballot, votes);
        long[] perhaps = byOption(open, ballot, votes);
        if (counted.options().size() != sure.length) {
            throw new BenchException("%s has counters of %d options, and the ballot has %d"
                    .formatted(who, counted.options().size(), sure.length));
        }
        for (int option = 0; option < sure.length; option++) {
            require(
                    who,
                    "votes for option " + ballot.optionId(option),
                    sure[option],
                    perhaps[option],
                    counted.options().get(option));
        }
    }

    private static void require(String who, String what, long sure, long perhaps, long counted) {
        if (counted < sure || counted > sure + perhaps) {
            throw new BenchException("%s has counted %,d %s, where %,d were acknowledged and %,d are unknown"
                    .formatted(who, counted, what, sure, perhaps));
        }
    }

    private static long[] byOption(BitSet voters, Ballot ballot, DrawnVotes votes) {
        long[] options = new long[ballot.optionCount()];
        voters.stream().forEach(voter -> votes.of(voter).forEach(choice -> options[ballot.optionIndex(choice)]++));
        return options;
    }
}
