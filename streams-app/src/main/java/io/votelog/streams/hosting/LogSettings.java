// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.votelog.schemas.LogKeys;
import jakarta.validation.constraints.NotEmpty;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The keys whose control records are obeyed. They are fixed for a log.
 *
 * @param publicKeys Ed25519 public keys, each the base64 of its 32 raw bytes; at least one
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

    /** A start that fails shows the innermost cause, so the setting's key and what is allowed must be in that one. */
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
