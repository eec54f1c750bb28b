// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.crypto;

import io.votelog.schemas.LogSigner;
import java.security.SecureRandom;
import java.util.Base64;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/**
 * The key with which this gateway signs promises. It is drawn at the start and is nowhere but in memory, so it ends with the gateway; the
 * control record by which a key of the log names it is what makes its signatures worth something.
 */
public final class GatewayKey {
    private final Ed25519PrivateKeyParameters privateKey;
    private final byte[] record;
    private final String text;

    private GatewayKey(Ed25519PrivateKeyParameters privateKey, LogSigner signer) {
        byte[] publicKey = privateKey.generatePublicKey().getEncoded();
        this.privateKey = privateKey;
        this.text = Base64.getEncoder().encodeToString(publicKey);
        this.record = signer.gatewayKeyNamed(publicKey);
    }

    /** Draws a key, and has this signer name it. */
    public static GatewayKey draw(LogSigner signer) {
        return new GatewayKey(new Ed25519PrivateKeyParameters(new SecureRandom()), signer);
    }

    /** The control record that names it, {@code GatewayKeyNamed}, as it has to stand in the log. */
    public byte[] record() {
        return record.clone();
    }

    /** The public key: base64 of its 32 raw bytes. */
    public String text() {
        return text;
    }

    /** A signature of these bytes: Ed25519, 64 bytes. Bouncy Castle makes one in less than a tenth of the time that the JDK takes. */
    public byte[] sign(byte[] bytes) {
        Ed25519Signer ed25519 = new Ed25519Signer();
        ed25519.init(true, privateKey);
        ed25519.update(bytes, 0, bytes.length);
        return ed25519.generateSignature();
    }
}
