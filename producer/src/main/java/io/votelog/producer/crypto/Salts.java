// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.crypto;

import io.votelog.events.Salt;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Draws a fresh salt of 32 random bytes for each vote. Random bytes are drawn in bulk, from a generator that never waits for
 * entropy.
 */
public final class Salts {
    private static final int LENGTH = 32;
    private static final int DRAWN_AT_ONCE = 64;

    private final SecureRandom random = nonBlocking();
    private final ThreadLocal<Drawn> drawn = ThreadLocal.withInitial(Drawn::new);

    /** Another 32 bytes, which nobody else gets. Never blocks; for any thread. */
    public Salt next() {
        return drawn.get().next(random);
    }

    private static final class Drawn {
        private final byte[] bytes = new byte[LENGTH * DRAWN_AT_ONCE];
        private int used = bytes.length;

        Salt next(SecureRandom random) {
            if (used == bytes.length) {
                random.nextBytes(bytes);
                used = 0;
            }
            byte[] salt = Arrays.copyOfRange(bytes, used, used + LENGTH);
            // The salt's bytes are erased here, so they are kept nowhere else.
            Arrays.fill(bytes, used, used + LENGTH, (byte) 0);
            used += LENGTH;
            return new Salt(salt);
        }
    }

    private static SecureRandom nonBlocking() {
        try {
            return SecureRandom.getInstance("NativePRNGNonBlocking");
        } catch (NoSuchAlgorithmException notOnThisPlatform) {
            return new SecureRandom();
        }
    }
}
