// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The text form of a signed note's key: name, key ID, and type byte with raw key (c2sp.org/signed-note).
 *
 * @param name of the signer
 * @param id the first four bytes of SHA-256 over the name, a newline, the type and the public key
 * @param material the type byte and the key's bytes
 */
record KeyText(String name, int id, byte[] material) {
    /** Key type of a signature over the note's text. */
    static final byte ED25519 = 0x01;

    /** Key type of a cosignature, which is over a checkpoint and the time of cosigning. */
    static final byte COSIGNATURE = 0x04;

    /** Key type of an ML-DSA-44 cosignature, which a log may sign its checkpoints with too. */
    static final byte ML_DSA_44 = 0x06;

    /** The longest text that is read, in characters. It leaves room for ML-DSA-44 keys, which have 1,312 bytes. */
    private static final int LONGEST = 10_000;

    static KeyText of(String name, byte type, byte[] publicKey) {
        return new KeyText(name, id(name, type, publicKey), material(type, publicKey));
    }

    static byte[] material(byte type, byte[] raw) {
        return ByteBuffer.allocate(1 + raw.length).put(type).put(raw).array();
    }

    /** Reads {@code name+keyID+base64}. Whether the key ID matches is not checked; {@link #check} does that. */
    static KeyText parse(String text) {
        // A name cannot contain a plus; base64 can.
        String[] parts = text.length() > LONGEST ? new String[0] : text.split("\\+", 3);
        byte[] material = parts.length == 3 ? StrictEncoding.base64(parts[2]) : null;
        if (material == null || material.length == 0 || !parts[1].matches("[0-9a-f]{8}") || !isName(parts[0])) {
            throw new TlogException("that is no key: name+8 hexadecimal digits+base64 is needed, without spaces");
        }
        return new KeyText(parts[0], Integer.parseUnsignedInt(parts[1], 16), material);
    }

    byte type() {
        return material[0];
    }

    byte[] raw() {
        return Arrays.copyOfRange(material, 1, material.length);
    }

    String text() {
        return "%s+%08x+%s".formatted(name, id, StrictEncoding.base64(material));
    }

    /** Whether a text can be a key's name: not empty, and without white space, control characters and plus. */
    static boolean isName(String name) {
        return !name.isEmpty() && name.codePoints().noneMatch(KeyText::isForbidden);
    }

    private static boolean isForbidden(int c) {
        return c == '+'
                || Character.isWhitespace(c)
                || Character.isSpaceChar(c)
                || c < ' '
                || c == 0x85
                || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    }

    static int id(String name, byte type, byte[] publicKey) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(StrictEncoding.utf8(name));
            sha256.update((byte) '\n');
            sha256.update(type);
            return ByteBuffer.wrap(sha256.digest(publicKey)).getInt();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Checks a public key's type, length and key ID.
     *
     * @param wanted the type byte
     * @param what describes such a key in an error message
     * @throws TlogException when the type, the length or the key ID is wrong
     */
    KeyText check(byte wanted, String what) {
        if (type() != wanted) {
            throw new TlogException(
                    "the key of %s has type 0x%02x; %s has 0x%02x".formatted(name, type(), what, wanted));
        }
        return checkRest();
    }

    /**
     * Checks a public key's length, by its type, and its key ID.
     *
     * @throws TlogException when one of them is wrong
     */
    KeyText checkRest() {
        boolean mlDsa = type() == ML_DSA_44;
        int length = mlDsa ? MlDsa44.KEY : Ed25519.KEY;
        if (raw().length != length) {
            throw new TlogException("the key of %s has %d bytes; an %s key has %d"
                    .formatted(name, raw().length, mlDsa ? "ML-DSA-44" : "Ed25519", length));
        }
        int right = id(name, type(), raw());
        if (id != right) {
            throw new TlogException(
                    "the key of %s has the key ID %08x; of this name and key it is %08x, so one of them was changed"
                            .formatted(name, id, right));
        }
        return this;
    }
}
