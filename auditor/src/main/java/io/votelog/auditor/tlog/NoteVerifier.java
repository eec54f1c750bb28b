package io.votelog.auditor.tlog;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** A public key under a name, as notes are verified with it (C2SP signed-note; Ed25519 alone). */
public final class NoteVerifier {
    static final byte ED25519 = 0x01;

    private final String name;
    private final byte[] key;

    NoteVerifier(String name, byte[] key) {
        this.name = checked(name);
        this.key = key;
    }

    static String checked(String name) {
        if (name.isEmpty() || name.contains("+") || name.codePoints().anyMatch(NoteVerifier::isSpace)) {
            throw new TlogException(
                    "'%s' is no key's name: it must not be empty, nor hold a space or a plus".formatted(name));
        }
        return name;
    }

    private static boolean isSpace(int codePoint) {
        return Character.isWhitespace(codePoint)
                || Character.isSpaceChar(codePoint)
                || Character.isISOControl(codePoint);
    }

    /**
     * The key of this text, {@code name+id+key}.
     *
     * @throws TlogException when it is none
     */
    public static NoteVerifier parse(String vkey) {
        String[] parts = vkey.split("\\+", 3);
        if (parts.length < 3) {
            throw new TlogException("'%s' is no public key: name+id+key is needed".formatted(vkey));
        }
        byte[] data;
        try {
            data = Base64.getDecoder().decode(parts[2]);
        } catch (IllegalArgumentException e) {
            throw new TlogException(
                    "'%s' is no public key: behind the second plus base64 is needed".formatted(vkey), e);
        }
        if (data.length != 1 + Ed25519.KEY || data[0] != ED25519) {
            throw new TlogException("'%s' is no Ed25519 key of a log".formatted(vkey));
        }
        NoteVerifier verifier = new NoteVerifier(parts[0], Arrays.copyOfRange(data, 1, data.length));
        if (!parts[1].equals(hex(verifier.id()))) {
            throw new TlogException(
                    "'%s' is no public key: its id is %s, not %s".formatted(vkey, hex(verifier.id()), parts[1]));
        }
        return verifier;
    }

    /** The same key under another name. */
    public NoteVerifier named(String other) {
        return new NoteVerifier(other, key);
    }

    /** Whose key it is. */
    public String name() {
        return name;
    }

    /** {@code name+id+key}. */
    public String vkey() {
        return "%s+%s+%s"
                .formatted(
                        name, hex(id()), Base64.getEncoder().encodeToString(Ed25519.joined(new byte[] {ED25519}, key)));
    }

    int id() {
        return id(name, ED25519, key);
    }

    static int id(String name, byte algorithm, byte[] key) {
        byte[] hash = Merkle.sha256()
                .digest(Ed25519.joined((name + "\n").getBytes(StandardCharsets.UTF_8), new byte[] {algorithm}, key));
        return ByteBuffer.wrap(hash).getInt();
    }

    static String hex(int id) {
        return "%08x".formatted(id);
    }

    boolean verifies(String text, SignedNote.Signature signature) {
        return Ed25519.verifies(key, text.getBytes(StandardCharsets.UTF_8), signature.bytes());
    }
}
