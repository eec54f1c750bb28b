// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import io.votelog.web.settings.BadSettingException;
import io.votelog.web.settings.CheckedAtStart;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Whose tokens are trusted: those of an OpenID provider, those of one issuer that shares a secret, or both.
 *
 * @param jwkSetUri where the provider publishes its keys; then issuer and audience are required
 * @param hs256Secret the shared secret, at least {@link #MIN_SECRET_BYTES} bytes in UTF-8
 * @param issuer what a token's {@code iss} must be
 * @param audience what a token's {@code aud} must contain
 */
@ConfigurationProperties("votelog.auth")
public record AuthSettings(
        @Nullable URI jwkSetUri, @Nullable String hs256Secret, @Nullable String issuer, @Nullable String audience)
        implements CheckedAtStart {
    /** Fewest bytes of the shared secret (RFC 7518, section 3.2). */
    static final int MIN_SECRET_BYTES = 32;

    public AuthSettings {
        hs256Secret = blankToNull(hs256Secret);
        issuer = blankToNull(issuer);
        audience = blankToNull(audience);
        if (jwkSetUri != null && jwkSetUri.toString().isBlank()) {
            jwkSetUri = null;
        }
        if (jwkSetUri == null && hs256Secret == null) {
            throw new BadSettingException(
                    "votelog.auth",
                    "neither jwk-set-uri nor hs256-secret is set",
                    "votelog.auth.jwk-set-uri (with issuer and audience), or votelog.auth.hs256-secret of at least "
                            + MIN_SECRET_BYTES + " bytes");
        }
        if (jwkSetUri != null && !"http".equals(jwkSetUri.getScheme()) && !"https".equals(jwkSetUri.getScheme())) {
            throw new BadSettingException("votelog.auth.jwk-set-uri", jwkSetUri.toString(), "an http or https URL");
        }
        if (jwkSetUri != null && (issuer == null || audience == null)) {
            throw new BadSettingException(
                    issuer == null ? "votelog.auth.issuer" : "votelog.auth.audience",
                    "not set",
                    "needed with votelog.auth.jwk-set-uri, since a provider's keys sign tokens for others too");
        }
        if (hs256Secret != null) {
            int length = hs256Secret.getBytes(StandardCharsets.UTF_8).length;
            if (length < MIN_SECRET_BYTES) {
                throw new BadSettingException(
                        "votelog.auth.hs256-secret",
                        "(not shown) %d bytes".formatted(length),
                        "at least %d bytes".formatted(MIN_SECRET_BYTES));
            }
        }
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "AuthSettings[jwkSetUri=%s, issuer=%s, audience=%s]".formatted(jwkSetUri, issuer, audience);
    }
}
