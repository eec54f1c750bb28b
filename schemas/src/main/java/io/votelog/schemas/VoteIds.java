package io.votelog.schemas;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.UUID;

/** Ids for votes whose client sent none. */
public final class VoteIds {
    private VoteIds() {}

    /**
     * The id of this voter's vote for these choices, whatever their order, so that the same vote sent again has the same id:
     * a version 8 UUID (RFC 9562) of SHA-256("vote-id/v1" ‖ pseudonym ‖ for each choice in ascending order its length in
     * UTF-8 bytes as an unsigned 16-bit big-endian number and those bytes).
     */
    public static UUID derive(Pseudonym voter, Collection<String> choices) {
        MessageDigest sha256 = Digests.sha256();
        sha256.update("vote-id/v1".getBytes(StandardCharsets.UTF_8));
        sha256.update(voter.bytes());
        choices.stream().sorted().forEach(choice -> {
            byte[] utf8 = choice.getBytes(StandardCharsets.UTF_8);
            sha256.update((byte) (utf8.length >> 8));
            sha256.update((byte) utf8.length);
            sha256.update(utf8);
        });
        ByteBuffer digest = ByteBuffer.wrap(sha256.digest());
        long high = digest.getLong() & 0xFFFF_FFFF_FFFF_0FFFL | 0x8000L;
        long low = digest.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
