// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.crypto;

import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;

/**
 * The key with which this gateway signs promises. It is drawn at the start and is nowhere but in memory, so it ends with the gateway; the
 * control record by which a key of the log names it is what makes its signatures worth something.
 */
public final class GatewayKey {
    private final PrivateKey privateKey;
    private final byte[] record;
    private final String text;

    private GatewayKey(PrivateKey privateKey, String text, byte[] record) {
        this.privateKey = privateKey;
        this.text = text;
        this.record = record;
    }

    /** Draws a key, and has this signer name it. */
    public static GatewayKey draw(LogSigner signer) {
        KeyPair pair = LogSigner.newKeyPair();
        String text = LogKeys.publicKeyText(pair.getPublic());
        return new GatewayKey(
                pair.getPrivate(),
                text,
                signer.gatewayKeyNamed(Base64.getDecoder().decode(text)));
    }

    /** The control record that names it, {@code GatewayKeyNamed}, as it has to stand in the log. */
    public byte[] record() {
        return record.clone();
    }

    /** The public key: base64 of its 32 raw bytes. */
    public String text() {
        return text;
    }

    /** A signature of these bytes: Ed25519, 64 bytes. */
    public byte[] sign(byte[] bytes) {
        try {
            Signature ed25519 = Signature.getInstance("Ed25519");
            ed25519.initSign(privateKey);
            ed25519.update(bytes);
            return ed25519.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform signs with Ed25519", e);
        }
    }
}
