// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import io.votelog.auditor.tlog.SignedNote.Signature;
import java.security.GeneralSecurityException;
import java.security.PublicKey;

/** A public key that checks signatures of notes: Ed25519, type 0x01 (c2sp.org/signed-note). */
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
     * @throws TlogException when the text is no verifier key of this type, or its key ID does not match its name and
     *     key
     */
    public static NoteVerifier parse(String vkey) {
        KeyText text = KeyText.parse(vkey).check(KeyText.ED25519, "one that signs notes");
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
        return parse(KeyText.of(name, KeyText.ED25519, text.raw()).text());
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
        return signature.isOf(text) && Ed25519.verifies(key, StrictEncoding.utf8(noteText), signature.bytes());
    }

    @Override
    public String toString() {
        return vkey();
    }
}
