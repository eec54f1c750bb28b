// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import io.votelog.infra.system.JwksServer;
import io.votelog.infra.system.Tokens;
import java.math.BigInteger;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Publishes a key and signs tokens with it (RS256), as an OpenID provider does, on 127.0.0.1. For one thread at a time. */
final class Provider implements AutoCloseable {
    /** What its tokens say of themselves, and a gateway asks of them. */
    static final String ISSUER = "images.votelog.invalid";

    static final String AUDIENCE = "votelog";

    private static final String KEY_ID = "1";
    private static final int KEY_BITS = 2_048;

    private final JwksServer server;
    private final Tokens tokens;

    Provider() {
        KeyPair keys;
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(KEY_BITS);
            keys = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        tokens = Tokens.ofRsaKey(keys.getPrivate(), KEY_ID, ISSUER, AUDIENCE, Clock.systemUTC());
        server = new JwksServer(keySet((RSAPublicKey) keys.getPublic()), 0);
    }

    private static String keySet(RSAPublicKey key) {
        Map<String, String> jwk = Map.of(
                "kty",
                "RSA",
                "kid",
                KEY_ID,
                "alg",
                "RS256",
                "use",
                "sig",
                "n",
                unsigned(key.getModulus()),
                "e",
                unsigned(key.getPublicExponent()));
        return new JsonMapper().writeValueAsString(Map.of("keys", List.of(jwk)));
    }

    /** RFC 7518, section 6.3.1: without the byte of the sign. */
    private static String unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        int from = bytes[0] == 0 ? 1 : 0;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOfRange(bytes, from, bytes.length));
    }

    /** Where the key is, as {@code votelog.auth.jwk-set-uri} takes it. */
    URI keys() {
        return server.url();
    }

    /** A token that is good for an hour. */
    String token(String user) {
        return tokens.token(user, "");
    }

    @Override
    public void close() {
        server.close();
    }
}
