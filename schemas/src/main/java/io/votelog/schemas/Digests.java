// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import io.votelog.events.Sha256;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, which every Java platform has. */
public final class Digests {
    /** One digest per thread, since looking one up takes about as long as hashing a vote's id. */
    private static final ThreadLocal<MessageDigest> SHA256 = ThreadLocal.withInitial(() -> {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    });

    private Digests() {}

    /** This thread's SHA-256, reset. The caller must finish with it before this thread asks for it again. */
    public static MessageDigest sha256() {
        MessageDigest sha256 = SHA256.get();
        sha256.reset();
        return sha256;
    }

    static Sha256 sha256(byte[] bytes) {
        return new Sha256(sha256().digest(bytes));
    }
}
