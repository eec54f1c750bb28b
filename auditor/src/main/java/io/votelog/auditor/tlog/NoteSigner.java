package io.votelog.auditor.tlog;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** A private key under a name, as notes are signed with it (C2SP signed-note; Ed25519 alone). */
public final class NoteSigner {
    private static final String PREFIX = "PRIVATE+KEY+";

    private final byte[] seed;
    private final byte[] publicKey;
    private final NoteVerifier verifier;

    private NoteSigner(String name, byte[] seed, byte[] publicKey) {
        this.seed = seed;
        this.publicKey = publicKey;
        this.verifier = new NoteVerifier(name, publicKey);
    }

    /** A new key. */
    public static NoteSigner generate(String name) {
        byte[] seed = Ed25519.newSeed();
        return new NoteSigner(name, seed, Ed25519.publicKey(seed));
    }

    /**
     * The key of this text, {@code PRIVATE+KEY+name+id+key}.
     *
     * @throws TlogException when it is none
     */
    public static NoteSigner parse(String text) {
        String[] parts =
                text.startsWith(PREFIX) ? text.substring(PREFIX.length()).split("\\+", 3) : new String[0];
        byte[] data;
        try {
            data = parts.length == 3 ? Base64.getDecoder().decode(parts[2]) : new byte[0];
        } catch (IllegalArgumentException e) {
            data = new byte[0];
        }
        if (data.length != 1 + Ed25519.KEY || data[0] != NoteVerifier.ED25519) {
            throw new TlogException("no private key: PRIVATE+KEY+name+id+key is needed, of Ed25519");
        }
        byte[] seed = Arrays.copyOfRange(data, 1, data.length);
        NoteSigner signer = new NoteSigner(parts[0], seed, Ed25519.publicKey(seed));
        if (!parts[1].equals(NoteVerifier.hex(signer.verifier.id()))) {
            throw new TlogException("no private key: its id is not the one of its name and key");
        }
        return signer;
    }

    /** The same key under another name. */
    public NoteSigner named(String other) {
        return new NoteSigner(other, seed, publicKey);
    }

    /** Whose key it is. */
    public String name() {
        return verifier.name();
    }

    /** The key, to be kept secret. */
    public String text() {
        return PREFIX
                + "%s+%s+%s"
                        .formatted(
                                name(),
                                NoteVerifier.hex(verifier.id()),
                                Base64.getEncoder()
                                        .encodeToString(Ed25519.joined(new byte[] {NoteVerifier.ED25519}, seed)));
    }

    /** Its public key. */
    public NoteVerifier verifier() {
        return verifier;
    }

    /** The line that signs this text, with its line feed. */
    public String sign(String text) {
        byte[] signature = Ed25519.sign(seed, text.getBytes(StandardCharsets.UTF_8));
        byte[] line = ByteBuffer.allocate(Integer.BYTES + signature.length)
                .putInt(verifier.id())
                .put(signature)
                .array();
        return "\u2014 %s %s\n".formatted(name(), Base64.getEncoder().encodeToString(line));
    }
}
