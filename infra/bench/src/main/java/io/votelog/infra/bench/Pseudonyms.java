package io.votelog.infra.bench;

import io.votelog.schemas.Pseudonym;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Users' pseudonyms on a ballot, from a pepper, as section 5 of the design has them and written apart from the gateway's own. For
 * one thread at a time.
 */
public final class Pseudonyms {
    private final Mac hmac;
    private final byte[] prefix;

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

    public Pseudonym of(String user) {
        byte[] utf8 = user.getBytes(StandardCharsets.UTF_8);
        hmac.update(prefix);
        hmac.update((byte) (utf8.length >> 8));
        hmac.update((byte) utf8.length);
        return Pseudonym.of(Arrays.copyOf(hmac.doFinal(utf8), Pseudonym.LENGTH));
    }
}
