// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A text with signatures (c2sp.org/signed-note). The text must not be trusted until {@link #signedBy} is true for a
 * trusted key.
 *
 * @param text with its last newline
 * @param signatures in the order of their lines, at most {@value #MOST_SIGNATURES}; none in a note that is about to be
 *     signed
 */
public record SignedNote(String text, List<Signature> signatures) {
    /** The longest note, in bytes. */
    public static final int LONGEST = 1_000_000;

    /** The most signatures of a note; the specification requires at least 16 to be accepted. */
    public static final int MOST_SIGNATURES = 100;

    private static final String SEPARATOR = "\n\n";

    /**
     * A signature line of a note. Reading one does not verify it.
     *
     * @param name the name of the key that signed
     * @param keyId the ID of the key that signed
     * @param bytes the signature, in the format of the key's type
     */
    public record Signature(String name, int keyId, byte[] bytes) {
        private static final String PREFIX = "— ";

        /**
         * @throws IllegalArgumentException when the name is invalid or the signature is empty
         */
        public Signature {
            if (!KeyText.isName(name) || bytes.length == 0) {
                throw new IllegalArgumentException("no signature: name '%s', %d bytes".formatted(name, bytes.length));
            }
            bytes = bytes.clone();
        }

        @Override
        public byte[] bytes() {
            return bytes.clone();
        }

        /** The line, without its newline. */
        public String line() {
            ByteBuffer signature = ByteBuffer.allocate(Integer.BYTES + bytes.length);
            return PREFIX + name + " "
                    + StrictEncoding.base64(signature.putInt(keyId).put(bytes).array());
        }

        /** Reads a line, with or without its newline; empty when it is no signature line. */
        static Optional<Signature> read(String line) {
            String bare = line.endsWith("\n") ? line.substring(0, line.length() - 1) : line;
            int space = bare.lastIndexOf(' ');
            if (!bare.startsWith(PREFIX) || space < PREFIX.length()) {
                return Optional.empty();
            }
            String name = bare.substring(PREFIX.length(), space);
            byte[] signature = StrictEncoding.base64(bare.substring(space + 1));
            if (!KeyText.isName(name) || signature == null || signature.length <= Integer.BYTES) {
                return Optional.empty();
            }
            ByteBuffer buffer = ByteBuffer.wrap(signature);
            return Optional.of(new Signature(
                    name, buffer.getInt(), Arrays.copyOfRange(signature, Integer.BYTES, signature.length)));
        }

        boolean isOf(KeyText key) {
            return keyId == key.id() && name.equals(key.name());
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Signature that
                    && name.equals(that.name)
                    && keyId == that.keyId
                    && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return Objects.hash(name, keyId, Arrays.hashCode(bytes));
        }

        @Override
        public String toString() {
            return line();
        }
    }

    /**
     * @throws IllegalArgumentException when a note cannot have this text or so many signatures
     */
    public SignedNote {
        checkText(text).ifPresent(wrong -> {
            throw new IllegalArgumentException(wrong);
        });
        if (signatures.size() > MOST_SIGNATURES) {
            throw new IllegalArgumentException(
                    "%d signatures; a note has at most %d".formatted(signatures.size(), MOST_SIGNATURES));
        }
        signatures = List.copyOf(signatures);
    }

    /** What is wrong with a note's text; empty when nothing is. */
    static Optional<String> checkText(String text) {
        if (!text.endsWith("\n")) {
            return Optional.of("a note's text ends with a newline");
        }
        if (text.chars().anyMatch(c -> c < ' ' && c != '\n')) {
            return Optional.of("a note has no control characters but newlines");
        }
        return Optional.empty();
    }

    /**
     * Reads a note with at least one signature.
     *
     * @throws TlogException when the bytes are no note, or more than {@value #LONGEST}
     */
    public static SignedNote parse(byte[] bytes) {
        if (bytes.length > LONGEST) {
            throw new TlogException("a note of %d bytes; at most %d are read".formatted(bytes.length, LONGEST));
        }
        String note = StrictEncoding.utf8(bytes);
        if (note == null) {
            throw new TlogException("that is no note: it is no UTF-8");
        }
        int end = note.lastIndexOf(SEPARATOR);
        if (end < 0) {
            throw new TlogException("that is no signed note: no empty line parts a text from signatures");
        }
        String text = note.substring(0, end + 1);
        checkText(text).ifPresent(wrong -> {
            throw new TlogException("that is no note: " + wrong);
        });
        return new SignedNote(text, signatures(note.substring(end + SEPARATOR.length())));
    }

    private static List<Signature> signatures(String lines) {
        if (!lines.endsWith("\n")) {
            throw new TlogException(
                    lines.isEmpty()
                            ? "that is no signed note: no signature is below the empty line"
                            : "a note's last signature does not end with a newline");
        }
        List<Signature> signatures = new ArrayList<>();
        for (String line : lines.substring(0, lines.length() - 1).split("\n", -1)) {
            if (signatures.size() == MOST_SIGNATURES) {
                throw new TlogException("a note with more than %d signatures".formatted(MOST_SIGNATURES));
            }
            int number = signatures.size() + 1;
            signatures.add(Signature.read(line)
                    .orElseThrow(() ->
                            new TlogException("line %d below a note's text is no signature: '— name base64' is needed"
                                    .formatted(number))));
        }
        return signatures;
    }

    /** The note as it is stored. */
    public byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(StrictEncoding.utf8(text));
        out.write('\n');
        signatures.forEach(signature -> out.writeBytes(StrictEncoding.utf8(signature.line() + "\n")));
        return out.toByteArray();
    }

    /**
     * Whether a key signed this text: at least one signature has its name and key ID, and all such signatures verify.
     */
    public boolean signedBy(NoteVerifier verifier) {
        List<Signature> its = signatures.stream()
                .filter(signature -> signature.keyId() == verifier.keyId()
                        && signature.name().equals(verifier.name()))
                .toList();
        return !its.isEmpty() && its.stream().allMatch(signature -> verifier.verifies(text, signature));
    }

    /**
     * This note with a signature added, in place of an earlier one by the same key.
     *
     * @param signatureLine with or without its newline
     * @throws TlogException when it is no signature line
     */
    public SignedNote with(String signatureLine) {
        Signature added = Signature.read(signatureLine)
                .orElseThrow(() -> new TlogException("that is no signature line: '%s'".formatted(signatureLine)));
        List<Signature> all = new ArrayList<>(signatures);
        all.removeIf(signature ->
                signature.keyId() == added.keyId() && signature.name().equals(added.name()));
        all.add(added);
        return new SignedNote(text, all);
    }
}
