// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;

/** The private side of a witness's key. */
public final class Cosigner {
    private final byte[] seed = Ed25519.newSeed();
    private final KeyText text;

    /** A key for a witness of this name. */
    public Cosigner(String name) {
        try {
            text = KeyText.of(name, KeyText.COSIGNATURE, Ed25519.publicKeyOf(seed));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    public String vkey() {
        return text.text();
    }

    public CosignatureVerifier verifier() {
        return CosignatureVerifier.parse(vkey());
    }

    public String cosign(String checkpointText, long time) {
        try {
            byte[] signed = Ed25519.sign(Ed25519.privateKey(seed), CosignatureVerifier.message(checkpointText, time));
            ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + signed.length)
                    .putLong(time)
                    .put(signed);
            return new SignedNote.Signature(text.name(), text.id(), bytes.array()).line();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
