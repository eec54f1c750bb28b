// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import io.votelog.web.problem.ProblemException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A token's header (RFC 7515, section 4). Keys that a token brings or points to (jwk, jku, x5c, x5u) are ignored.
 *
 * @param algorithm the algorithm; null when it is none that tokens may be signed with
 */
record JoseHeader(@Nullable TokenAlgorithm algorithm, @Nullable String keyId, @Nullable String type) {
    /**
     * Reads the header.
     *
     * @throws ProblemException 401 when it is malformed, or asks for what is not supported
     */
    static JoseHeader parse(byte[] json) {
        Reading reading = new Reading();
        TokenJson.read(json, "header", reading);
        String algorithm = reading.algorithm;
        if (algorithm == null || algorithm.equals("none")) {
            throw Jws.refused(Jws.UNSIGNED);
        }
        return new JoseHeader(TokenAlgorithm.named(algorithm), reading.keyId, reading.type);
    }

    private static final class Reading implements TokenJson.Members {
        private @Nullable String algorithm;
        private @Nullable String keyId;
        private @Nullable String type;

        @Override
        public void take(String name, JsonParser value) {
            switch (name) {
                case "alg" -> algorithm = TokenJson.string("the token's alg", value);
                case "kid" -> keyId = TokenJson.string("the token's kid", value);
                case "typ" -> type = TokenJson.string("the token's typ", value);
                case "crit" -> throw Jws.refused("the token's header has crit, and no extension is supported");
                case "b64" -> {
                    if (value.currentToken() != JsonToken.VALUE_TRUE) {
                        throw Jws.refused("the token's header has b64, which may not be but true");
                    }
                }
                default -> {
                    // Other members have no meaning here.
                }
            }
        }
    }
}
