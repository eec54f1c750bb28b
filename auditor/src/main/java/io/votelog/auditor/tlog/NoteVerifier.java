// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import io.votelog.auditor.tlog.SignedNote.Signature;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.PublicKey;

/**
 * A public key that checks signatures of notes: Ed25519, type 0x01 (c2sp.org/signed-note), or, of checkpoints alone,
 * ML-DSA-44, type 0x06 (c2sp.org/tlog-checkpoint), which takes Java 24 or newer.
 */
public final class NoteVerifier {
    private final KeyText text;
    private final PublicKey key;

    private NoteVerifier(KeyText text, PublicKey key) {
        this.text = text;
        this.key = key;
    }

    /**
     * Reads a verifier key.
     *
     * @param vkey {@code name+key ID+base64}, such as
     *     example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k
     * @throws TlogException when the text is no verifier key of these types, its key ID does not match its name and
     *     key, or this Java does not have the algorithm
     */
    public static NoteVerifier parse(String vkey) {
        KeyText text = KeyText.parse(vkey);
        if (text.type() == KeyText.ML_DSA_44) {
            return new NoteVerifier(text.checkRest(), MlDsa44.publicKey(text.name(), text.raw()));
        }
        text.check(KeyText.ED25519, "one that signs notes");
        try {
            return new NoteVerifier(text, Ed25519.publicKey(text.raw()));
        } catch (GeneralSecurityException e) {
            throw new TlogException("the key of %s is no Ed25519 key".formatted(text.name()), e);
        }
    }

    /**
     * The same key under another name.
     *
     * @throws TlogException when the text cannot be a name
     */
    public NoteVerifier named(String name) {
        return parse(KeyText.of(name, text.type(), text.raw()).text());
    }

    /** The verifier key's text. */
    public String vkey() {
        return text.text();
    }

    /** The signer's name. A log's key has the origin of its checkpoints as its name. */
    public String name() {
        return text.name();
    }

    int keyId() {
        return text.id();
    }

    /**
     * Whether a line is a signature of this key over a note's text.
     *
     * @param noteText with its last newline
     * @param signatureLine with or without its newline
     */
    public boolean verifies(String noteText, String signatureLine) {
        return Signature.read(signatureLine)
                .filter(line -> verifies(noteText, line))
                .isPresent();
    }

    boolean verifies(String noteText, Signature signature) {
        if (!signature.isOf(text)) {
            return false;
        }
        return text.type() == KeyText.ML_DSA_44
                ? verifiesCheckpoint(noteText, signature.bytes())
                : Ed25519.verifies(key, StrictEncoding.utf8(noteText), signature.bytes());
    }

    /** A log's own signature may be without a time. */
    private boolean verifiesCheckpoint(String noteText, byte[] bytes) {
        if (bytes.length != Long.BYTES + MlDsa44.SIGNATURE) {
            return false;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long time = buffer.getLong();
        byte[] signed = new byte[MlDsa44.SIGNATURE];
        buffer.get(signed);
        try {
            return time >= 0
                    && MlDsa44.message(text.name(), time, Checkpoint.parse(noteText))
                            .filter(message -> MlDsa44.verifies(key, message, signed))
                            .isPresent();
        } catch (TlogException noCheckpoint) {
            return false;
        }
    }

    @Override
    public String toString() {
        return vkey();
    }
}
