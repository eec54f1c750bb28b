package io.votelog.auditor.tlog;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/** A witness's public key, as cosignatures are verified with it (C2SP tlog-cosignature; Ed25519, {@code cosignature/v1}). */
public final class CosignatureVerifier {
    static final byte COSIGNATURE = 0x04;

    private final String name;
    private final byte[] key;

    private CosignatureVerifier(String name, byte[] key) {
        this.name = NoteVerifier.checked(name);
        this.key = key;
    }

    /**
     * The key of this text, {@code name+id+key}.
     *
     * @throws TlogException when it is none
     */
    public static CosignatureVerifier parse(String vkey) {
        String[] parts = vkey.split("\\+", 3);
        byte[] data;
        try {
            data = parts.length == 3 ? Base64.getDecoder().decode(parts[2]) : new byte[0];
        } catch (IllegalArgumentException e) {
            data = new byte[0];
        }
        if (data.length != 1 + Ed25519.KEY || data[0] != COSIGNATURE) {
            throw new TlogException(
                    "'%s' is no Ed25519 key of a witness: name+id+key is needed, with the type 04".formatted(vkey));
        }
        CosignatureVerifier verifier = new CosignatureVerifier(parts[0], Arrays.copyOfRange(data, 1, data.length));
        if (!parts[1].equals(NoteVerifier.hex(verifier.id()))) {
            throw new TlogException("'%s' is no public key: its id is %s, not %s"
                    .formatted(vkey, NoteVerifier.hex(verifier.id()), parts[1]));
        }
        return verifier;
    }

    /** Whose key it is. */
    public String name() {
        return name;
    }

    byte[] key() {
        return key;
    }

    private int id() {
        return NoteVerifier.id(name, COSIGNATURE, key);
    }

    /** When this witness cosigned the checkpoint; nothing when it did not. */
    public Optional<Instant> cosigned(SignedNote checkpoint) {
        return checkpoint.signatures().stream()
                .filter(signature -> signature.name().equals(name) && signature.id() == id())
                .map(signature -> time(checkpoint.text(), signature.bytes()))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<Instant> time(String text, byte[] timestamped) {
        if (timestamped.length != Long.BYTES + Ed25519.SIGNATURE) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.wrap(timestamped);
        long seconds = bytes.getLong();
        byte[] signature = new byte[Ed25519.SIGNATURE];
        bytes.get(signature);
        if (seconds < 0 || seconds > Instant.MAX.getEpochSecond()) {
            return Optional.empty();
        }
        byte[] message = "cosignature/v1\ntime %d\n%s".formatted(seconds, text).getBytes(StandardCharsets.UTF_8);
        return Ed25519.verifies(key, message, signature)
                ? Optional.of(Instant.ofEpochSecond(seconds))
                : Optional.empty();
    }
}
