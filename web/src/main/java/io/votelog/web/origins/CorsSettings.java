// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.origins;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.web.cors.CorsConfiguration;

/**
 * Which pages of other origins may call from a browser ({@code votelog.cors}).
 *
 * @param allowedOrigins each like {@code https://vote.example}, or {@code *} for all; none by default
 */
public record CorsSettings(@DefaultValue List<String> allowedOrigins) {
    /** How long browsers may remember what they were told. */
    private static final Duration MAX_AGE = Duration.ofHours(1);

    public CorsSettings {
        allowedOrigins = List.copyOf(allowedOrigins);
    }

    /**
     * The origins whose pages may call, and what their pages may do.
     *
     * @param requestHeaders that they may send
     * @param exposedHeaders that they may read
     * @param publicAddress where the world reaches this side; null when that is not known
     */
    public Origins origins(
            List<String> methods,
            List<String> requestHeaders,
            List<String> exposedHeaders,
            @Nullable URI publicAddress) {
        CorsConfiguration allowed = new CorsConfiguration();
        allowed.setAllowedOrigins(allowedOrigins);
        allowed.setAllowedMethods(methods);
        allowed.setAllowedHeaders(requestHeaders);
        allowed.setExposedHeaders(exposedHeaders);
        allowed.setMaxAge(MAX_AGE);
        return new Origins(allowed, publicAddress);
    }
}
