// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
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
    private static final Duration LIFE = Duration.ofHours(1);
    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpServer server;
    private final Signature signature;

    Provider() throws IOException {
        KeyPair keys;
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(KEY_BITS);
            keys = generator.generateKeyPair();
            signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(keys.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        byte[] document = keySet((RSAPublicKey) keys.getPublic());
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/jwk-set+json");
            exchange.sendResponseHeaders(200, document.length);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(document);
            }
        });
        server.start();
    }

    private static byte[] keySet(RSAPublicKey key) {
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
        return JSON.writeValueAsBytes(Map.of("keys", List.of(jwk)));
    }

    /** RFC 7518, section 6.3.1: without the byte of the sign. */
    private static String unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        int from = bytes[0] == 0 ? 1 : 0;
        return BASE64URL.encodeToString(Arrays.copyOfRange(bytes, from, bytes.length));
    }

    /** Where the key is, as {@code votelog.auth.jwk-set-uri} takes it. */
    URI keys() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    /** A token that is good for an hour. */
    String token(String user) {
        long nowS = Instant.now().getEpochSecond();
        String signed = encoded(Map.of("alg", "RS256", "typ", "JWT", "kid", KEY_ID))
                + "."
                + encoded(Map.of(
                        "sub", user, "iat", nowS, "exp", nowS + LIFE.toSeconds(), "iss", ISSUER, "aud", AUDIENCE));
        try {
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + BASE64URL.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(Map<String, Object> json) {
        return BASE64URL.encodeToString(JSON.writeValueAsBytes(json));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
