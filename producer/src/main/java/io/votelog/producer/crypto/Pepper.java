// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.crypto;

import io.votelog.events.PepperFingerprint;
import io.votelog.schemas.Pseudonym;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.UUID;

/**
 * The gateways' secret, under which users become pseudonyms, and votes without an id get derived ids. All gateways of a ballot
 * share it. Once it is destroyed, nobody can tell who is who in the log, or try out choices against a receipt.
 */
public final class Pepper {
    /** The fewest bytes of the secret. */
    static final int MIN_BYTES = 32;

    private static final byte[] VOTER = "voter/v1".getBytes(StandardCharsets.UTF_8);
    private static final byte[] VOTE = "vote/v1".getBytes(StandardCharsets.UTF_8);
    private static final int MAX_LENGTH = 0xFFFF;

    /** The most UTF-8 bytes of one char; a surrogate pair, which is two chars, has four. */
    private static final int MAX_UTF8 = 3;

    private final byte[] secret;
    private final HmacSha256 hmac;

    private Pepper(byte[] secret) {
        this.secret = secret;
        this.hmac = new HmacSha256(secret);
    }

    /**
     * Reads the pepper.
     *
     * @param base64 of at least {@link #MIN_BYTES} bytes
     * @throws IllegalArgumentException when it is anything else; the message does not show it
     */
    public static Pepper of(String base64) {
        byte[] secret;
        try {
            secret = Base64.getDecoder().decode(base64.strip());
        } catch (IllegalArgumentException notBase64) {
            throw new IllegalArgumentException("it is not base64", notBase64);
        }
        if (secret.length < MIN_BYTES) {
            throw new IllegalArgumentException("it has %d bytes".formatted(secret.length));
        }
        return new Pepper(secret);
    }

    /**
     * Derives the user's pseudonym on one ballot: the first 16 bytes of HMAC-SHA256(pepper, "voter/v1" ‖ length ‖ ballot id ‖
     * length ‖ user id), with texts in UTF-8 and lengths as unsigned 16-bit big-endian numbers.
     */
    public Pseudonym pseudonym(String ballotId, UserId userId) {
        byte[] ballot = ballotId.getBytes(StandardCharsets.UTF_8);
        byte[] user = userId.text().getBytes(StandardCharsets.UTF_8);
        if (ballot.length > MAX_LENGTH || user.length > MAX_LENGTH) {
            throw new IllegalArgumentException("an id of more than %d bytes".formatted(MAX_LENGTH));
        }
        byte[] message = ByteBuffer.allocate(VOTER.length + 4 + ballot.length + user.length)
                .put(VOTER)
                .putShort((short) ballot.length)
                .put(ballot)
                .putShort((short) user.length)
                .put(user)
                .array();
        return Pseudonym.of(Arrays.copyOf(hmac.of(message, message.length), Pseudonym.LENGTH));
    }

    /**
     * Derives the id of a vote for which the client gave none. It is the same for any order of the choices and at every
     * gateway, so the same vote may be sent again. It is a version 8 UUID (RFC 9562) of the first 16 bytes of
     * HMAC-SHA256(pepper, "vote/v1" ‖ pseudonym ‖ for each choice in ascending order its length ‖ the choice), with texts in
     * UTF-8 and lengths as unsigned 16-bit big-endian numbers. The id is derived under the pepper because a receipt shows
     * pseudonym and id, and choices are few enough to be tried out.
     */
    public UUID voteId(Pseudonym voter, Collection<String> choices) {
        String[] sorted = choices.toArray(String[]::new);
        Arrays.sort(sorted);
        int most = VOTE.length + Pseudonym.LENGTH;
        for (String choice : sorted) {
            most += 2 + MAX_UTF8 * choice.length();
        }
        ByteBuffer message = ByteBuffer.allocate(most).put(VOTE).put(voter.bytes());
        for (String choice : sorted) {
            byte[] utf8 = choice.getBytes(StandardCharsets.UTF_8);
            message.putShort((short) utf8.length).put(utf8);
        }
        ByteBuffer code = ByteBuffer.wrap(hmac.of(message.array(), message.position()));
        long high = code.getLong() & 0xFFFF_FFFF_FFFF_0FFFL | 0x8000L;
        long low = code.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    /** The fingerprint of the pepper that a ballot publishes: the first 8 bytes of SHA-256(pepper ‖ ballot id). */
    public PepperFingerprint fingerprint(String ballotId) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(secret);
            return new PepperFingerprint(Arrays.copyOf(sha256.digest(ballotId.getBytes(StandardCharsets.UTF_8)), 8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
