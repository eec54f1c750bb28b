// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA256 (RFC 2104) under one key, for any thread. */
public final class HmacSha256 {
    private static final String NAME = "HmacSHA256";

    private final ThreadLocal<Mac> perThread;

    /** @param key of any length but 0; it is copied */
    public HmacSha256(byte[] key) {
        SecretKeySpec secret = new SecretKeySpec(key, NAME);
        this.perThread = ThreadLocal.withInitial(() -> {
            try {
                Mac mac = Mac.getInstance(NAME);
                mac.init(secret);
                return mac;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /**
     * Computes the HMAC of the first bytes of a text.
     *
     * @param length how many bytes of the text are authenticated
     * @return 32 bytes
     */
    public byte[] of(byte[] text, int length) {
        Mac mac = perThread.get();
        mac.update(text, 0, length);
        return mac.doFinal();
    }
}
