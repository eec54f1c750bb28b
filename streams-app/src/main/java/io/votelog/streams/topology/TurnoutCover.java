// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.PartitionTurnout;

/**
 * How much a snapshot of an hour of turnout covers, by which of two snapshots of the same hour one is kept.
 *
 * @param nextOffset every record of the partition below it is counted
 * @param quarters whether it has the votes of options, which builds from before leave out
 */
public record TurnoutCover(long nextOffset, boolean quarters) {
    /** What this snapshot covers. */
    public static TurnoutCover of(PartitionTurnout turnout) {
        return new TurnoutCover(turnout.getNextOffset(), !turnout.getQuarters().isEmpty());
    }

    /** Whether it covers more of the log; or the same of it, and has the quarters that the other lacks. */
    public boolean isMoreThan(TurnoutCover known) {
        return nextOffset > known.nextOffset || (nextOffset == known.nextOffset && quarters && !known.quarters);
    }
}
