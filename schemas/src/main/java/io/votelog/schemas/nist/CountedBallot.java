// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.nist;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was counted on a ballot.
 *
 * @param at what the report gives as its time, of which it shows whole seconds
 * @param votes by option, in the order of the ballot; null while the ballot hides them
 * @param counting the votes that count: accepted, and not annulled
 * @param rejected the votes that were rejected, each of several of one voter
 * @param revision how many annulments took effect
 */
public record CountedBallot(
        CountProgress progress, Instant at, @Nullable List<Long> votes, long counting, long rejected, long revision) {
    public CountedBallot {
        votes = votes == null ? null : List.copyOf(votes);
    }
}
