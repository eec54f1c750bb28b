package io.votelog.producer;

import io.votelog.events.Salt;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** Fresh random bytes for each vote, from a generator that never waits for entropy. */
final class Salts {
    private static final int LENGTH = 32;

    private final SecureRandom random = nonBlocking();

    Salt next() {
        byte[] bytes = new byte[LENGTH];
        random.nextBytes(bytes);
        return new Salt(bytes);
    }

    private static SecureRandom nonBlocking() {
        try {
            return SecureRandom.getInstance("NativePRNGNonBlocking");
        } catch (NoSuchAlgorithmException notOnThisPlatform) {
            return new SecureRandom();
        }
    }
}
