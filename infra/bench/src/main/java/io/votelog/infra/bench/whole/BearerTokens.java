// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import io.votelog.infra.bench.voters.Claims;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads bearer tokens that are JWTs (RFC 7519) under HS256, and checks signature, issuer, audience and expiry. */
final class BearerTokens {
    private static final String SCHEME = "Bearer ";
    private static final String HMAC = "HmacSHA256";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
            .build();

    private final ThreadLocal<Mac> mac;
    private final Clock clock;
    /** Tokens of one issuer have one header, so it is read once. */
    private volatile String knownHeader = "";

    private record Header(@Nullable String alg) {}

    private record Body(@Nullable String iss, @Nullable List<String> aud, @Nullable String sub, long exp) {}

    BearerTokens(String secret, Clock clock) {
        SecretKeySpec key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), HMAC);
        this.clock = clock;
        mac = ThreadLocal.withInitial(() -> {
            try {
                Mac made = Mac.getInstance(HMAC);
                made.init(key);
                return made;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** Whose token it is; null where it is none that counts. */
    @Nullable
    String user(@Nullable String authorization) {
        if (authorization == null || !authorization.startsWith(SCHEME)) {
            return null;
        }
        int body = authorization.indexOf('.') + 1;
        int signature = authorization.indexOf('.', body) + 1;
        if (body == 0 || signature == 0) {
            return null;
        }
        try {
            byte[] signed =
                    authorization.substring(SCHEME.length(), signature - 1).getBytes(StandardCharsets.ISO_8859_1);
            if (!isHs256(authorization.substring(SCHEME.length(), body - 1))
                    || !MessageDigest.isEqual(mac.get().doFinal(signed), decode(authorization.substring(signature)))) {
                return null;
            }
            @Nullable Body claims = JSON.readValue(decode(authorization.substring(body, signature - 1)), Body.class);
            boolean valid = claims != null
                    && Claims.ISSUER.equals(claims.iss())
                    && claims.aud() != null
                    && claims.aud().contains(Claims.AUDIENCE)
                    && claims.exp() > clock.millis() / 1000;
            return valid ? claims.sub() : null;
        } catch (IllegalArgumentException | JacksonException e) {
            return null;
        }
    }

    private boolean isHs256(String header) {
        if (header.equals(knownHeader)) {
            return true;
        }
        @Nullable Header read = JSON.readValue(decode(header), Header.class);
        boolean hs256 = read != null && "HS256".equals(read.alg());
        if (hs256) {
            knownHeader = header;
        }
        return hs256;
    }

    private static byte[] decode(String base64Url) {
        return Base64.getUrlDecoder().decode(base64Url);
    }
}
