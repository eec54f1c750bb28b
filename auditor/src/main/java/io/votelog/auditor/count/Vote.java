// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.events.VoteCast;
import io.votelog.schemas.Events;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a vote that decide its verdict.
 *
 * @param idHigh the first half of its id
 * @param idLow the second half
 * @param choices option ids as they were sent
 * @param schema the fingerprint of the schema with which the vote was written
 */
public record Vote(long idHigh, long idLow, String ballotId, List<String> choices, long schema) {
    private static final int SALT = 32;

    /** Greater than the number of options of any ballot. */
    private static final int MOST_CHOICES = 2048;

    static Vote of(VoteCast vote, long schema) {
        return new Vote(
                vote.getVoteId().getMostSignificantBits(),
                vote.getVoteId().getLeastSignificantBits(),
                vote.getBallotId(),
                vote.getChoices(),
                schema);
    }

    /**
     * Reads a vote quickly. Null where the bytes are not in the canonical encoding, and must be read by {@code Events}.
     */
    public static @Nullable Vote read(EventBytes bytes, byte @Nullable [] value) {
        if (!bytes.begin(value, Events.VOTE_CAST_FINGERPRINT)) {
            return null;
        }
        long idHigh = bytes.fixed8();
        long idLow = bytes.fixed8();
        String ballotId = bytes.name();
        int count = bytes.number(MOST_CHOICES);
        String[] choices = new String[count];
        for (int i = 0; i < count && bytes.isCanonical(); i++) {
            choices[i] = bytes.name();
        }
        // In Avro a block of items is followed by the size of the next block, 0 for the end; an empty array is the end
        // alone.
        if (count > 0 && bytes.number() != 0) {
            return null;
        }
        bytes.skip(SALT);
        return bytes.isComplete()
                ? new Vote(idHigh, idLow, ballotId, Arrays.asList(choices), Events.VOTE_CAST_FINGERPRINT)
                : null;
    }
}
