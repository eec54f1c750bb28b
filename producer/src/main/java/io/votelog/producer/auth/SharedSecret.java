// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import io.votelog.producer.crypto.HmacSha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** The secret of HS256 tokens. */
final class SharedSecret implements TokenKey {
    private final HmacSha256 hmac;

    /** @param secret its UTF-8 bytes are the key */
    SharedSecret(String secret) {
        this.hmac = new HmacSha256(secret.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean signed(byte[] text, int length, byte[] signature) {
        return MessageDigest.isEqual(hmac.of(text, length), signature);
    }
}
