// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Signs bearer tokens (JWT, RFC 7519) that the local gateways trust. For one thread at a time. */
public final class Tokens {
    private static final Duration LIFE = Duration.ofHours(1);
    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();
    private static final JsonMapper JSON = new JsonMapper();

    private final String header;
    private final UnaryOperator<byte[]> signature;
    private final @Nullable String issuer;
    private final @Nullable String audience;
    private final Clock clock;

    private Tokens(
            Map<String, String> header,
            UnaryOperator<byte[]> signature,
            @Nullable String issuer,
            @Nullable String audience,
            Clock clock) {
        this.header = encoded(header);
        this.signature = signature;
        this.issuer = issuer;
        this.audience = audience;
        this.clock = clock;
    }

    /**
     * With HS256.
     *
     * @param issuer what gateways ask of {@code iss}; null when they ask nothing
     * @param audience the same of {@code aud}
     */
    public Tokens(String secret, @Nullable String issuer, @Nullable String audience, Clock clock) {
        this(Map.of("alg", "HS256", "typ", "JWT"), hmac(secret), issuer, audience, clock);
    }

    private static UnaryOperator<byte[]> hmac(String secret) {
        try {
            Mac hmac = Mac.getInstance("HmacSHA256");
            hmac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return hmac::doFinal;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The same with RS256.
     *
     * @param keyId of the key in what its holder publishes
     */
    public static Tokens ofRsaKey(PrivateKey key, String keyId, String issuer, String audience, Clock clock) {
        return new Tokens(
                Map.of("alg", "RS256", "typ", "JWT", "kid", keyId),
                signed -> rsa(key, signed),
                issuer,
                audience,
                clock);
    }

    private static byte[] rsa(PrivateKey key, byte[] signed) {
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(signed);
            return signature.sign();
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
        String signed = header + "." + encoded(claims);
        return signed + "." + BASE64URL.encodeToString(signature.apply(signed.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String encoded(Map<String, ?> json) {
        return BASE64URL.encodeToString(JSON.writeValueAsBytes(json));
    }
}
