// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.voters;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/** What the voters' tokens say. Voter n of a seed is always the same user, and all tokens of one key have one length. */
public final class Claims {
    /** The issuer that tokens name and the gateway is told to ask for. */
    public static final String ISSUER = "https://issuer.votelog.invalid";

    /** The audience that tokens name and the gateway is told to ask for. */
    public static final String AUDIENCE = "votelog";

    static final Duration LIFE = Duration.ofDays(30);

    private Claims() {}

    /**
     * The user id of a voter.
     *
     * @param voter 0 to 999,999,999
     */
    public static String user(long seed, int voter) {
        return "v%016x-%09d".formatted(seed, voter);
    }

    static byte[] ofVoter(long seed, int voter, Instant now) {
        return of(user(seed, voter), now, "");
    }

    /**
     * The claims of any user.
     *
     * @param scope what the token allows beyond voting; may be empty
     */
    public static byte[] of(String user, Instant now, String scope) {
        long iat = now.getEpochSecond();
        return "{\"iss\":\"%s\",\"aud\":\"%s\",\"sub\":\"%s\",%s\"iat\":%d,\"exp\":%d}"
                .formatted(
                        ISSUER,
                        AUDIENCE,
                        user,
                        scope.isEmpty() ? "" : "\"scope\":\"%s\",".formatted(scope),
                        iat,
                        iat + LIFE.toSeconds())
                .getBytes(StandardCharsets.US_ASCII);
    }
}
