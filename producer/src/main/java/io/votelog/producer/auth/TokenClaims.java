// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import io.votelog.web.problem.ProblemException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The claims of a token (RFC 7519, section 4.1) that are used here; all others are skipped, and null counts as missing.
 *
 * @param audience empty when it is missing
 * @param scope empty when it is missing or no string
 */
record TokenClaims(
        @Nullable String subject,
        @Nullable String issuer,
        List<String> audience,
        @Nullable Instant expiresAt,
        @Nullable Instant notBefore,
        @Nullable Instant issuedAt,
        String scope) {
    /** The largest number of seconds: whole numbers up to it are exact in every JSON implementation (RFC 8259, section 6). */
    private static final long MAX_SECONDS = 1L << 53;

    /**
     * Reads the claims.
     *
     * @throws ProblemException 401 when they are malformed
     */
    static TokenClaims parse(byte[] json) {
        Reading reading = new Reading();
        TokenJson.read(json, "payload", reading);
        return new TokenClaims(
                reading.subject,
                reading.issuer,
                reading.audience,
                reading.expiresAt,
                reading.notBefore,
                reading.issuedAt,
                reading.scope);
    }

    private static final class Reading implements TokenJson.Members {
        private @Nullable String subject;
        private @Nullable String issuer;
        private List<String> audience = List.of();
        private @Nullable Instant expiresAt;
        private @Nullable Instant notBefore;
        private @Nullable Instant issuedAt;
        private String scope = "";

        @Override
        public void take(String name, JsonParser value) {
            if (value.currentToken() == JsonToken.VALUE_NULL) {
                return;
            }
            switch (name) {
                case "sub" -> subject = TokenJson.string("the claim sub", value);
                case "iss" -> issuer = TokenJson.string("the claim iss", value);
                case "aud" -> audience = strings(value);
                case "exp" -> expiresAt = time(name, value);
                case "nbf" -> notBefore = time(name, value);
                case "iat" -> issuedAt = time(name, value);
                case "jti" -> TokenJson.string("the claim jti", value);
                case "scope" -> {
                    if (value.currentToken() == JsonToken.VALUE_STRING) {
                        scope = value.getString();
                    }
                }
                default -> {
                    // Other claims have no meaning here.
                }
            }
        }

        private static List<String> strings(JsonParser value) {
            if (value.currentToken() != JsonToken.START_ARRAY) {
                return List.of(TokenJson.string("the claim aud", value));
            }
            List<String> strings = new ArrayList<>();
            while (value.nextToken() != JsonToken.END_ARRAY) {
                strings.add(TokenJson.string("each member of the claim aud", value));
            }
            return strings;
        }

        /** Reads a time in seconds since 1970; fractions are cut off. */
        private static Instant time(String name, JsonParser value) {
            double seconds = value.currentToken() == JsonToken.VALUE_NUMBER_INT
                            || value.currentToken() == JsonToken.VALUE_NUMBER_FLOAT
                    ? value.getDoubleValue()
                    : Double.NaN;
            if (!(Math.abs(seconds) <= MAX_SECONDS)) {
                throw Jws.refused("the claim %s must be a time in seconds since 1970".formatted(name));
            }
            return Instant.ofEpochSecond((long) seconds);
        }
    }
}
