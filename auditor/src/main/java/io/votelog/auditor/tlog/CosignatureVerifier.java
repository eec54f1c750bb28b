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
 * A witness's public key, which checks its signatures over checkpoints and the time at which it saw them: type 0x04,
 * Ed25519, or type 0x06, ML-DSA-44 (c2sp.org/tlog-cosignature). The latter takes Java 24 or newer; on an older one a
 * witness with such a key never counts in a policy.
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
     * @throws TlogException when the text is no verifier key of these types, its key ID does not match its name and
     *     key, or this Java does not have the algorithm
     */
    static CosignatureVerifier parse(String vkey) {
        KeyText text = KeyText.parse(vkey);
        if (text.type() == KeyText.ML_DSA_44) {
            return new CosignatureVerifier(text.checkRest(), MlDsa44.publicKey(text.name(), text.raw()));
        }
        text.check(KeyText.COSIGNATURE, "one that cosigns checkpoints, as far as it is known here,");
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

    /** The name of the witness. */
    public String name() {
        return text.name();
    }

    /**
     * Checks a signature line.
     *
     * @param checkpointText the note's text, with its last newline and any lines after the third
     * @param signatureLine with or without its newline
     * @return when the witness saw this checkpoint as the largest one of its log; empty when the line is no cosignature
     *     of this key over this text
     */
    Optional<Instant> verify(String checkpointText, String signatureLine) {
        return Signature.read(signatureLine).flatMap(line -> verify(checkpointText, line));
    }

    /** The same as {@link #verify(String, String)}, for a line that is parsed already. */
    Optional<Instant> verify(String checkpointText, Signature signature) {
        byte[] bytes = signature.bytes();
        if (!isOf(signature) || bytes.length <= Long.BYTES || !isCheckpoint(checkpointText)) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long time = buffer.getLong();
        byte[] signed = new byte[buffer.remaining()];
        buffer.get(signed);
        // A cosignature without a time does not state that this checkpoint was the largest one that the witness had
        // seen.
        if (time <= 0 || !verifies(checkpointText, time, signed)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.ofEpochSecond(time));
        } catch (DateTimeException beyond) {
            return Optional.empty();
        }
    }

    /**
     * The latest time at which this witness cosigned a checkpoint. Empty when it did not, or when a signature under its
     * name and key ID does not verify.
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

    private boolean verifies(String checkpointText, long time, byte[] signed) {
        if (text.type() == KeyText.COSIGNATURE) {
            return signed.length == Ed25519.SIGNATURE && Ed25519.verifies(key, message(checkpointText, time), signed);
        }
        return signed.length == MlDsa44.SIGNATURE
                && MlDsa44.message(text.name(), time, Checkpoint.parse(checkpointText))
                        .filter(message -> MlDsa44.verifies(key, message, signed))
                        .isPresent();
    }

    /** Whether a signature has this key's name and key ID. Whether it verifies is not said. */
    public boolean isOf(Signature signature) {
        return signature.isOf(text);
    }

    /** The bytes that an Ed25519 cosignature signs. */
    static byte[] message(String checkpointText, long time) {
        return StrictEncoding.utf8("cosignature/v1\ntime " + time + "\n" + checkpointText);
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
