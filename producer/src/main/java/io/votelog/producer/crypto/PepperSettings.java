// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.crypto;

import io.votelog.web.settings.BadSettingException;
import io.votelog.web.settings.CheckedAtStart;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The setting of the secret that all gateways of a log share.
 *
 * @param pepper base64 of at least {@link Pepper#MIN_BYTES} random bytes
 */
@ConfigurationProperties("votelog")
record PepperSettings(@Nullable String pepper) implements CheckedAtStart {
    PepperSettings {
        parsed(pepper);
    }

    Pepper parsed() {
        return parsed(pepper);
    }

    private static Pepper parsed(@Nullable String text) {
        String allowed = "base64 of at least %d random bytes, the same at every gateway".formatted(Pepper.MIN_BYTES);
        if (text == null || text.isBlank()) {
            throw new BadSettingException("votelog.pepper", "not set", allowed);
        }
        try {
            return Pepper.of(text);
        } catch (IllegalArgumentException e) {
            throw new BadSettingException("votelog.pepper", "(not shown) " + e.getMessage(), allowed);
        }
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "PepperSettings";
    }
}
