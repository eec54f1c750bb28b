// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import io.votelog.auditor.tlog.SignedNote.Signature;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;

/** A private key that signs notes: Ed25519, type 0x01. Its text has the format of Go's golang.org/x/mod/sumdb/note. */
public final class NoteSigner {
    private static final String PREFIX = "PRIVATE+KEY+";
    private static final String NO_NAME =
            "'%s' is no name of a key: it must not be empty, and have no space and no plus";

    private final byte[] seed;
    private final PrivateKey key;
    private final NoteVerifier verifier;

    private NoteSigner(String name, byte[] seed) throws GeneralSecurityException {
        this.seed = seed;
        key = Ed25519.privateKey(seed);
        verifier = NoteVerifier.parse(
                KeyText.of(name, KeyText.ED25519, Ed25519.publicKeyOf(seed)).text());
    }

    /**
     * A new key.
     *
     * @param name the signer's name: not empty, without white space and plus; a log's key has the origin of its
     *     checkpoints as its name
     * @throws IllegalArgumentException when the name is none
     */
    public static NoteSigner generate(String name) {
        if (!KeyText.isName(name)) {
            throw new IllegalArgumentException(NO_NAME.formatted(name));
        }
        try {
            return new NoteSigner(name, Ed25519.newSeed());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no Ed25519 key can be made", e);
        }
    }

    /**
     * Reads a private key.
     *
     * @param skey {@code PRIVATE+KEY+name+key ID+base64}
     * @throws TlogException when the text is no private key; the message does not repeat the text
     */
    public static NoteSigner parse(String skey) {
        if (!skey.startsWith(PREFIX)) {
            throw new TlogException("that is no private key: it begins with " + PREFIX);
        }
        KeyText text = KeyText.parse(skey.substring(PREFIX.length()));
        byte[] seed = text.raw();
        if (text.type() != KeyText.ED25519 || seed.length != Ed25519.KEY) {
            throw new TlogException("the private key of %s is none for Ed25519".formatted(text.name()));
        }
        try {
            NoteSigner signer = new NoteSigner(text.name(), seed);
            if (signer.verifier.keyId() != text.id()) {
                throw new TlogException("the private key of %s has the key ID %08x; of this name and key it is %08x"
                        .formatted(text.name(), text.id(), signer.verifier.keyId()));
            }
            return signer;
        } catch (GeneralSecurityException e) {
            throw new TlogException("the private key of %s is none for Ed25519".formatted(text.name()), e);
        }
    }

    /**
     * The same key under another name.
     *
     * @throws IllegalArgumentException when the name is none
     */
    public NoteSigner named(String name) {
        if (!KeyText.isName(name)) {
            throw new IllegalArgumentException(NO_NAME.formatted(name));
        }
        try {
            return new NoteSigner(name, seed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key was one before", e);
        }
    }

    /** The private key's text. It is secret: whoever has it can sign as the log. */
    public String text() {
        KeyText text = new KeyText(verifier.name(), verifier.keyId(), KeyText.material(KeyText.ED25519, seed));
        return PREFIX + text.text();
    }

    /** The public key, which checks this key's signatures. */
    public NoteVerifier verifier() {
        return verifier;
    }

    /**
     * Signs a note.
     *
     * @param noteText with its last newline
     * @return the signature line, without its newline
     * @throws IllegalArgumentException when it cannot be the text of a note
     */
    public String sign(String noteText) {
        SignedNote.checkText(noteText).ifPresent(wrong -> {
            throw new IllegalArgumentException(wrong);
        });
        return new Signature(verifier.name(), verifier.keyId(), Ed25519.sign(key, StrictEncoding.utf8(noteText)))
                .line();
    }

    /** The name of the signer; nothing secret. */
    @Override
    public String toString() {
        return "private key of " + verifier.name();
    }
}
