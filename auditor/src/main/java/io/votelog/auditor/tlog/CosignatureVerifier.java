// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import io.votelog.auditor.tlog.SignedNote.Signature;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A witness's public key, which checks its signatures over checkpoints and the time at which it saw them: type 0x04, Ed25519
 * (c2sp.org/tlog-cosignature). The newer type 0x06, ML-DSA-44, is not known here, since Java has it
 * from version 24 on: in a policy such a witness never counts.
 */
public final class CosignatureVerifier {
    private final KeyText text;
    private final PublicKey key;

    private CosignatureVerifier(KeyText text, PublicKey key) {
        this.text = text;
        this.key = key;
    }

    /**
     * Reads a verifier key.
     *
     * @param vkey {@code name+key ID+base64}
     * @throws TlogException when it is none of this type, or its key ID is not that of its name and key
     */
    static CosignatureVerifier parse(String vkey) {
        KeyText text = KeyText.parse(vkey)
                .check(KeyText.COSIGNATURE, "one that cosigns checkpoints, as far as it is known here,");
        try {
            return new CosignatureVerifier(text, Ed25519.publicKey(text.raw()));
        } catch (GeneralSecurityException e) {
            throw new TlogException("the key of %s is no Ed25519 key".formatted(text.name()), e);
        }
    }

    /** The verifier key's text. */
    String vkey() {
        return text.text();
    }

    /** Whose key it is. */
    String name() {
        return text.name();
    }

    /**
     * Checks a line.
     *
     * @param checkpointText the note's text, with its last newline and any lines behind the third
     * @param signatureLine with or without its newline
     * @return when the witness saw this checkpoint as the largest one of its log; empty when the line is no cosignature of this
     *     key over this text
     */
    Optional<Instant> verify(String checkpointText, String signatureLine) {
        return Signature.read(signatureLine).flatMap(line -> verify(checkpointText, line));
    }

    /** Like {@link #verify(String, String)}. */
    Optional<Instant> verify(String checkpointText, Signature signature) {
        byte[] bytes = signature.bytes();
        if (!isOf(signature) || bytes.length != Long.BYTES + Ed25519.SIGNATURE || !isCheckpoint(checkpointText)) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long time = buffer.getLong();
        byte[] signed = new byte[Ed25519.SIGNATURE];
        buffer.get(signed);
        // A cosignature has a time: without one it does not say that it saw the largest tree.
        if (time <= 0 || !Ed25519.verifies(key, message(checkpointText, time), signed)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.ofEpochSecond(time));
        } catch (DateTimeException beyond) {
            return Optional.empty();
        }
    }

    /**
     * When this witness cosigned a checkpoint last; empty when it did not, or one of the signatures under its name and key ID does not
     * verify.
     */
    public Optional<Instant> cosigned(SignedNote checkpoint) {
        List<Optional<Instant>> its = checkpoint.signatures().stream()
                .filter(this::isOf)
                .map(signature -> verify(checkpoint.text(), signature))
                .toList();
        return its.isEmpty() || its.stream().anyMatch(Optional::isEmpty)
                ? Optional.empty()
                : its.stream().map(Optional::orElseThrow).max(Comparator.naturalOrder());
    }

    boolean isOf(Signature signature) {
        return signature.isOf(text);
    }

    /** What a cosignature signs. */
    static byte[] message(String checkpointText, long time) {
        return Strict.utf8("cosignature/v1\ntime " + time + "\n" + checkpointText);
    }

    private static boolean isCheckpoint(String text) {
        try {
            Checkpoint.parse(text);
            return true;
        } catch (TlogException malformed) {
            return false;
        }
    }

    @Override
    public String toString() {
        return vkey();
    }
}
