// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Signs bearer tokens (JWT, RFC 7519, with HS256) with the secret that the local gateways trust. For one thread at a time. */
public final class Tokens {
    private static final Duration LIFE = Duration.ofHours(1);
    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();
    private static final String HEADER =
            BASE64URL.encodeToString("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));
    private static final JsonMapper JSON = new JsonMapper();

    private final Mac hmac;
    private final @Nullable String issuer;
    private final @Nullable String audience;
    private final Clock clock;

    /**
     * @param issuer what gateways ask of {@code iss}; null when they ask nothing
     * @param audience the same of {@code aud}
     */
    public Tokens(String secret, @Nullable String issuer, @Nullable String audience, Clock clock) {
        this.issuer = issuer;
        this.audience = audience;
        this.clock = clock;
        try {
            hmac = Mac.getInstance("HmacSHA256");
            hmac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A token that is good for an hour.
     *
     * @param scope what it allows beyond voting, separated by blanks; may be empty
     */
    public String token(String userId, String scope) {
        long nowS = clock.instant().getEpochSecond();
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("sub", userId);
        claims.put("iat", nowS);
        claims.put("exp", nowS + LIFE.toSeconds());
        if (issuer != null) {
            claims.put("iss", issuer);
        }
        if (audience != null) {
            claims.put("aud", audience);
        }
        if (!scope.isEmpty()) {
            claims.put("scope", scope);
        }
        String signed = HEADER + "." + BASE64URL.encodeToString(JSON.writeValueAsBytes(claims));
        return signed + "." + BASE64URL.encodeToString(hmac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
    }
}
