// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import io.votelog.events.KeyId;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The public keys whose control records are obeyed. They are fixed for a log: with other keys, other control records take effect. */
public final class LogKeys {
    /** The X.509 form of an Ed25519 key is this prefix and the raw bytes (RFC 8410, section 4). */
    private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final int RAW_LENGTH = 32;

    private final Map<KeyId, PublicKey> keys;

    private LogKeys(Map<KeyId, PublicKey> keys) {
        this.keys = keys;
    }

    /**
     * The keys with these texts.
     *
     * @param texts at least one key, each base64 of its 32 raw bytes (RFC 8032)
     * @throws IllegalArgumentException when there is none, or one of them is no Ed25519 key
     */
    public static LogKeys of(Collection<String> texts) {
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("no public key: at least one is needed, base64 of its 32 raw bytes");
        }
        Map<KeyId, PublicKey> keys = new LinkedHashMap<>();
        for (String text : texts) {
            try {
                byte[] raw = Base64.getDecoder().decode(text.strip());
                if (raw.length != RAW_LENGTH) {
                    throw new IllegalArgumentException("%d bytes".formatted(raw.length));
                }
                byte[] x509 = Arrays.copyOf(X509_PREFIX, X509_PREFIX.length + RAW_LENGTH);
                System.arraycopy(raw, 0, x509, X509_PREFIX.length, RAW_LENGTH);
                PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(x509));
                // Bytes that are no point of the curve are told here alone; else the key would be one that nothing is
                // signed with.
                Signature.getInstance("Ed25519").initVerify(key);
                keys.put(keyId(raw), key);
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "'%s' is no public key: base64 of an Ed25519 key's 32 raw bytes is needed".formatted(text), e);
            }
        }
        return new LogKeys(keys);
    }

    /** A public key as configuration holds it: base64 of its 32 raw bytes. */
    public static String publicKeyText(PublicKey key) {
        byte[] x509 = key.getEncoded();
        return Base64.getEncoder().encodeToString(Arrays.copyOfRange(x509, x509.length - RAW_LENGTH, x509.length));
    }

    /** These keys as configuration holds them, sorted. */
    public List<String> texts() {
        return keys.values().stream().map(LogKeys::publicKeyText).sorted().toList();
    }

    /** The key with this id as configuration holds it; empty when none of the keys has that id. */
    public Optional<String> text(KeyId keyId) {
        return Optional.ofNullable(keys.get(keyId)).map(LogKeys::publicKeyText);
    }

    /** Whether one of these keys, the one that the record names, signed this value of a control record. */
    public boolean signed(byte[] value, KeyId keyId) {
        PublicKey key = keys.get(keyId);
        if (key == null || value.length < LogSigner.SIGNATURE_LENGTH) {
            return false;
        }
        int signedLength = value.length - LogSigner.SIGNATURE_LENGTH;
        try {
            Signature ed25519 = Signature.getInstance("Ed25519");
            ed25519.initVerify(key);
            ed25519.update(LogSigner.DOMAIN);
            ed25519.update(value, 0, signedLength);
            return ed25519.verify(value, signedLength, LogSigner.SIGNATURE_LENGTH);
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }

    Set<KeyId> keyIds() {
        return keys.keySet();
    }

    private static KeyId keyId(byte[] rawPublicKey) {
        return new KeyId(Arrays.copyOf(Digests.sha256().digest(rawPublicKey), 8));
    }
}
