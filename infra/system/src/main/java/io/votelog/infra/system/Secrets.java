// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the apps are told that nobody else may know, and the public key that goes with it. A log is of use only with the secrets that
 * it was begun with.
 *
 * @param pepper base64 of at least {@value #LENGTH} bytes
 * @param hs256 at least {@value #LENGTH} bytes
 * @param privateKey base64 of an Ed25519 key's PKCS #8 form
 * @param publicKeys base64 of 32 raw bytes, its public key's and perhaps others', with commas between
 */
public record Secrets(String pepper, String hs256, String privateKey, String publicKeys) {
    /** The setting of the gateways' pepper. */
    public static final String PEPPER_KEY = "votelog.pepper";

    /** The setting of the secret that tokens are signed with. */
    public static final String HS256_KEY = "votelog.auth.hs256-secret";

    /** The setting of the key that control records are signed with. */
    public static final String PRIVATE_KEY_KEY = "votelog.log.private-key";

    /** The setting of the keys whose control records are obeyed. */
    public static final String PUBLIC_KEYS_KEY = "votelog.log.public-keys";

    /** The bytes that a drawn secret has, and that any must have at least. */
    public static final int LENGTH = 32;

    /** New ones, for a log that is begun. */
    public static Secrets drawn() {
        KeyPair keys = LogSigner.newKeyPair();
        return new Secrets(
                drawnPepper(), drawnHs256(), LogSigner.privateKeyText(keys), LogKeys.publicKeyText(keys.getPublic()));
    }

    /** A new pepper, base64. */
    public static String drawnPepper() {
        return Base64.getEncoder().encodeToString(random());
    }

    /** A new secret for HS256, in hexadecimal digits. */
    public static String drawnHs256() {
        return HexFormat.of().formatHex(random());
    }

    private static byte[] random() {
        byte[] random = new byte[LENGTH];
        new SecureRandom().nextBytes(random);
        return random;
    }

    /** The same with another secret for tokens. */
    public Secrets withHs256(String secret) {
        return new Secrets(pepper, secret, privateKey, publicKeys);
    }

    /** The same with another pepper, as for ballots to come. */
    public Secrets withPepper(String another) {
        return new Secrets(another, hs256, privateKey, publicKeys);
    }

    /** The public keys, one by one. */
    public List<String> listedKeys() {
        return Stream.of(publicKeys.split(",")).map(String::strip).toList();
    }

    /**
     * The public key of the key that signs.
     *
     * @throws java.util.NoSuchElementException where there is none, see {@link #hasPair}
     */
    public String signingKey() {
        return listedKeys().stream().filter(this::isPair).findFirst().orElseThrow();
    }

    /** Whether one of the public keys is the private key's. */
    public boolean hasPair() {
        return listedKeys().stream().anyMatch(this::isPair);
    }

    private boolean isPair(String publicKey) {
        try {
            LogSigner.of(privateKey, publicKey);
            return true;
        } catch (IllegalArgumentException notThisOne) {
            return false;
        }
    }

    /**
     * The environment variables that tell an app what it needs of them. What it does not need is told as empty, since an app inherits
     * the variables of whoever starts it; for the same reason a setting is told under each name that it may be given by.
     */
    public Map<String, String> environment(App app) {
        boolean write = app == App.PRODUCER;
        Map<String, String> told = new LinkedHashMap<>();
        tell(told, PUBLIC_KEYS_KEY, publicKeys);
        tell(told, PEPPER_KEY, write ? pepper : "");
        tell(told, PRIVATE_KEY_KEY, write ? privateKey : "");
        tell(told, HS256_KEY, write ? hs256 : "");
        return told;
    }

    private static void tell(Map<String, String> told, String key, String value) {
        Environment.names(key).forEach(name -> told.put(name, value));
    }

    /** Without any of them. */
    @Override
    public String toString() {
        return "Secrets[publicKeys=%s]".formatted(publicKeys);
    }
}
