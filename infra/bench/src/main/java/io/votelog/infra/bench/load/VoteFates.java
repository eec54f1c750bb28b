// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import java.util.UUID;

/** Is told what the senders of votes are told, on the one thread that sends them. */
public interface VoteFates {
    /**
     * An attempt was answered 202.
     *
     * @param writtenNs when it was written, as {@link System#nanoTime()}
     */
    void acked(int voter, int partition, long offset, UUID voteId, long writtenNs);

    /** An attempt was answered that nothing was recorded. */
    void refused(int voter, int status);

    /** An attempt may be recorded or not. */
    void unknown(int voter);
}
