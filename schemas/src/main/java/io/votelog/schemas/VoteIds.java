package io.votelog.schemas;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collection;
import java.util.UUID;

/** Ids for votes whose client sent none. */
public final class VoteIds {
    private static final byte[] DOMAIN = "vote-id/v1".getBytes(StandardCharsets.UTF_8);

    /** The most UTF-8 bytes of a char; a pair of surrogates has four. */
    private static final int MAX_UTF8 = 3;

    private VoteIds() {}

    /**
     * The id of this voter's vote for these choices, whatever their order, so that the same vote sent again has the same id:
     * a version 8 UUID (RFC 9562) of SHA-256("vote-id/v1" ‖ pseudonym ‖ for each choice in ascending order its length in
     * UTF-8 bytes as an unsigned 16-bit big-endian number and those bytes).
     */
    public static UUID derive(Pseudonym voter, Collection<String> choices) {
        String[] sorted = choices.toArray(String[]::new);
        Arrays.sort(sorted);
        int most = DOMAIN.length + Pseudonym.LENGTH;
        for (String choice : sorted) {
            most += 2 + MAX_UTF8 * choice.length();
        }
        ByteBuffer message = ByteBuffer.allocate(most).put(DOMAIN).put(voter.bytes());
        for (String choice : sorted) {
            byte[] utf8 = choice.getBytes(StandardCharsets.UTF_8);
            message.putShort((short) utf8.length).put(utf8);
        }
        MessageDigest sha256 = Digests.sha256();
        sha256.update(message.array(), 0, message.position());
        ByteBuffer digest = ByteBuffer.wrap(sha256.digest());
        long high = digest.getLong() & 0xFFFF_FFFF_FFFF_0FFFL | 0x8000L;
        long low = digest.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
