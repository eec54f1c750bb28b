// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import io.votelog.schemas.Pseudonym;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Users' pseudonyms on a ballot, and the ids of votes that were sent without one, from a pepper: as the gateway's README and RATIONALE
 * have them, and written apart from the gateway's own. For one thread at a time.
 */
public final class Pseudonyms {
    private final Mac hmac;
    private final byte[] prefix;

    /** @param pepper of the gateways; its bytes, not base64 */
    public Pseudonyms(byte[] pepper, String ballotId) {
        try {
            hmac = Mac.getInstance("HmacSHA256");
            hmac.init(new SecretKeySpec(pepper, "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        byte[] ballot = ballotId.getBytes(StandardCharsets.UTF_8);
        prefix = ByteBuffer.allocate(8 + 2 + ballot.length)
                .put("voter/v1".getBytes(StandardCharsets.US_ASCII))
                .putShort((short) ballot.length)
                .put(ballot)
                .array();
    }

    /** The voter that this user is on the ballot. */
    public Pseudonym of(String user) {
        byte[] utf8 = user.getBytes(StandardCharsets.UTF_8);
        hmac.update(prefix);
        hmac.update((byte) (utf8.length >> 8));
        hmac.update((byte) utf8.length);
        return Pseudonym.of(Arrays.copyOf(hmac.doFinal(utf8), Pseudonym.LENGTH));
    }

    /** The id of this voter's vote for these choices. */
    public UUID voteId(Pseudonym voter, List<String> choices) {
        hmac.update("vote/v1".getBytes(StandardCharsets.US_ASCII));
        hmac.update(voter.bytes());
        for (String choice : new TreeSet<>(choices)) {
            byte[] utf8 = choice.getBytes(StandardCharsets.UTF_8);
            hmac.update((byte) (utf8.length >> 8));
            hmac.update((byte) utf8.length);
            hmac.update(utf8);
        }
        byte[] id = Arrays.copyOf(hmac.doFinal(), 16);
        id[6] = (byte) (id[6] & 0x0F | 0x80);
        id[8] = (byte) (id[8] & 0x3F | 0x80);
        ByteBuffer halves = ByteBuffer.wrap(id);
        return new UUID(halves.getLong(), halves.getLong());
    }
}
