// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * What a voter holds to ask for the verdict: the pseudonym and the vote id. It is the same for a retry and says nothing of
 * the choices.
 */
public record Receipt(Pseudonym voter, UUID voteId) {
    private static final int LENGTH = Pseudonym.LENGTH + 16;

    /** The receipt that {@link #toString()} wrote, or nothing when the text is none. */
    public static Optional<Receipt> parse(String text) {
        return Base64Url.decode(text, LENGTH).map(bytes -> {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            byte[] voter = new byte[Pseudonym.LENGTH];
            buffer.get(voter);
            return new Receipt(Pseudonym.of(voter), new UUID(buffer.getLong(), buffer.getLong()));
        });
    }

    /** The receipt in URLs and answers: base64url without padding, 43 characters. */
    @Override
    public String toString() {
        ByteBuffer buffer = ByteBuffer.allocate(LENGTH)
                .put(voter.bytes())
                .putLong(voteId.getMostSignificantBits())
                .putLong(voteId.getLeastSignificantBits());
        return Base64Url.encode(buffer.array());
    }
}
