// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.voters;

import io.votelog.infra.system.VoteDraw;
import io.votelog.rules.Ballot;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Well-formed votes on a ballot, drawn from a seed. Voter n casts vote n modulo {@link #COUNT}, in every run with that seed.
 */
public final class DrawnVotes {
    /** How many are drawn, a power of two. */
    public static final int COUNT = 1 << 16;

    private final List<List<String>> choices;

    /** Draws votes that are well formed on this ballot: the same for the same seed. */
    public DrawnVotes(Ballot ballot, long seed) {
        choices = Stream.generate(new VoteDraw(ballot, new Random(seed))::next)
                .limit(COUNT)
                .toList();
    }

    /** Option ids that break none of the ballot's rules. */
    public List<String> of(int voter) {
        return choices.get(voter & COUNT - 1);
    }
}
