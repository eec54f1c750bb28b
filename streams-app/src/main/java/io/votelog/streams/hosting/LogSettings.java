// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.votelog.schemas.LogKeys;
import jakarta.validation.constraints.NotEmpty;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * Whose control records are obeyed. They are fixed for a log.
 *
 * @param publicKeys Ed25519 public keys, each base64 of its 32 raw bytes; at least one
 */
@ConfigurationProperties("votelog.log")
@Validated
record LogSettings(@NotEmpty List<String> publicKeys) {
    LogSettings {
        publicKeys = publicKeys == null ? List.of() : List.copyOf(publicKeys);
        if (!publicKeys.isEmpty()) {
            check(publicKeys);
        }
    }

    /** The innermost cause is what a failed start shows. */
    private static void check(List<String> publicKeys) {
        try {
            LogKeys.of(publicKeys);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("votelog.log.public-keys: " + e.getMessage());
        }
    }

    LogKeys keys() {
        return LogKeys.of(publicKeys);
    }
}
