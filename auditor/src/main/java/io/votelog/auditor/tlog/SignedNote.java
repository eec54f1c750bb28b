package io.votelog.auditor.tlog;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A text with signatures (C2SP signed-note).
 *
 * @param text that is signed, with its last line feed
 * @param signatures at least one
 */
public record SignedNote(String text, List<Signature> signatures) {
    private static final int LONGEST = 1 << 20;
    private static final int MOST_SIGNATURES = 100;
    private static final String MARK = "\u2014 ";

    /**
     * One line.
     *
     * @param name whose key signed
     * @param id of the key
     * @param bytes the signature
     */
    public record Signature(String name, int id, byte[] bytes) {
        /** @throws TlogException when it is no such line */
        static Signature parse(String line) {
            String[] parts =
                    line.startsWith(MARK) ? line.substring(MARK.length()).split(" ", 2) : new String[0];
            if (parts.length != 2) {
                throw new TlogException("no signature: '%s'".formatted(line));
            }
            byte[] data;
            try {
                data = Base64.getDecoder().decode(parts[1]);
            } catch (IllegalArgumentException e) {
                throw new TlogException("no signature: '%s'".formatted(line), e);
            }
            if (data.length <= Integer.BYTES) {
                throw new TlogException("no signature: '%s'".formatted(line));
            }
            return new Signature(
                    NoteVerifier.checked(parts[0]),
                    ByteBuffer.wrap(data).getInt(),
                    Arrays.copyOfRange(data, Integer.BYTES, data.length));
        }

        String line() {
            byte[] data = ByteBuffer.allocate(Integer.BYTES + bytes.length)
                    .putInt(id)
                    .put(bytes)
                    .array();
            return MARK + name + " " + Base64.getEncoder().encodeToString(data) + "\n";
        }
    }

    /** @throws TlogException when the bytes are no signed note */
    public static SignedNote parse(byte[] bytes) {
        if (bytes.length > LONGEST) {
            throw new TlogException("no note: it has %d bytes; %d are allowed".formatted(bytes.length, LONGEST));
        }
        String whole;
        try {
            whole = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new TlogException("no note: it is not UTF-8", e);
        }
        if (whole.chars().anyMatch(c -> c < 0x20 && c != '\n')) {
            throw new TlogException("no note: it holds a control character");
        }
        int split = whole.lastIndexOf("\n\n");
        if (split < 0 || !whole.endsWith("\n") || split + 2 == whole.length()) {
            throw new TlogException("no note: a text, an empty line and signatures are needed");
        }
        List<Signature> signatures = new ArrayList<>();
        for (String line : whole.substring(split + 2, whole.length() - 1).split("\n", -1)) {
            signatures.add(Signature.parse(line));
        }
        if (signatures.size() > MOST_SIGNATURES) {
            throw new TlogException("no note: it has %d signatures".formatted(signatures.size()));
        }
        return new SignedNote(whole.substring(0, split + 1), List.copyOf(signatures));
    }

    /** The note as it is written. */
    public byte[] bytes() {
        StringBuilder note = new StringBuilder(text).append('\n');
        signatures.forEach(signature -> note.append(signature.line()));
        return note.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Whether this key signed it; a signature under its name and id that does not hold spoils every other. */
    public boolean signedBy(NoteVerifier verifier) {
        List<Signature> of = signatures.stream()
                .filter(signature -> signature.name().equals(verifier.name()) && signature.id() == verifier.id())
                .toList();
        return !of.isEmpty() && of.stream().allMatch(signature -> verifier.verifies(text, signature));
    }

    /** The note with one line more. */
    public SignedNote with(String signatureLine) {
        List<Signature> more = new ArrayList<>(signatures);
        more.add(Signature.parse(signatureLine.strip()));
        return new SignedNote(text, List.copyOf(more));
    }
}
