// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import io.votelog.streams.topology.rows.VoterRow;
import io.votelog.streams.topology.voters.VotersView;
import org.apache.kafka.streams.errors.InvalidStateStoreException;

/**
 * What an instance tells of a voter from its store, as the page of a receipt does.
 *
 * @param known whether it tells anything
 * @param acceptedAt the offset of the accepted vote; -1 for none
 * @param annulledAt the offset of that vote's annulment; -1 for none
 */
public record ReceiptAsked(boolean known, long acceptedAt, long annulledAt) {
    private static final ReceiptAsked NOTHING = new ReceiptAsked(false, -1, -1);

    /**
     * Asks a store, which may be ahead of the committed results or behind them.
     *
     * @param countedTo up to which offset of the voter's partition the results count that the instance shows
     * @param anyAnnulled whether those results have annulled votes
     */
    public static ReceiptAsked of(
            VotersView voters, byte[] voter, String ballotId, long countedTo, boolean anyAnnulled) {
        try {
            boolean whole = voters.nextOffset() >= countedTo;
            VoterRow row = voters.voter(voter, ballotId);
            CommittedVoter committed = new CommittedVoter(row, countedTo, whole, anyAnnulled);
            var accepted = committed.accepted();
            var annulled = committed.annulled();
            return new ReceiptAsked(
                    true, accepted == null ? -1 : accepted.offset(), annulled == null ? -1 : annulled.offset());
        } catch (InvalidStateStoreException behind) {
            return NOTHING;
        }
    }
}
