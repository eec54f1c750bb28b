package io.votelog.schemas;

import io.votelog.events.Sha256;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, which every Java platform has. */
final class Digests {
    private Digests() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static Sha256 sha256(byte[] bytes) {
        return new Sha256(sha256().digest(bytes));
    }
}
