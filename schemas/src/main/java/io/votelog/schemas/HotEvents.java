// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import io.votelog.events.RejectionReason;
import io.votelog.events.Salt;
import io.votelog.events.VoteCast;
import io.votelog.events.VoteDecided;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.avro.io.BinaryEncoder;

/**
 * The two events of which there is one for each vote, read and written field by field, in the order of their schemas. Avro's readers
 * and writers go through a description of each field at each event; the bytes are the same.
 */
final class HotEvents {
    private static final int UUID_BYTES = 16;

    private HotEvents() {}

    /** @throws IOException as Avro's reader would throw it */
    static VoteCast readVoteCast(BoundedDecoder in) throws IOException {
        byte[] voteId = new byte[UUID_BYTES];
        in.readFixed(voteId, 0, voteId.length);
        String ballotId = in.readString();
        long count = in.readArrayStart();
        List<String> choices = new ArrayList<>((int) count);
        for (; count != 0; count = in.arrayNext()) {
            for (long item = 0; item < count; item++) {
                choices.add(in.readString());
            }
        }
        byte[] salt = new byte[Salt.getClassSchema().getFixedSize()];
        in.readFixed(salt, 0, salt.length);
        ByteBuffer id = ByteBuffer.wrap(voteId);
        return new VoteCast(new UUID(id.getLong(), id.getLong()), ballotId, choices, new Salt(salt));
    }

    static void write(VoteDecided decided, BinaryEncoder out) throws IOException {
        byte[] voteId = ByteBuffer.allocate(UUID_BYTES)
                .putLong(decided.getVoteId().getMostSignificantBits())
                .putLong(decided.getVoteId().getLeastSignificantBits())
                .array();
        out.writeFixed(voteId, 0, voteId.length);
        out.writeString(decided.getBallotId());
        out.writeEnum(decided.getOutcome().ordinal());
        RejectionReason reason = decided.getReason();
        out.writeIndex(reason == null ? 0 : 1);
        if (reason != null) {
            out.writeEnum(reason.ordinal());
        }
        out.writeLong(decided.getVoteOffset());
        out.writeLong(decided.getRecordedAt().toEpochMilli());
    }
}
