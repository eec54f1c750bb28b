// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import io.votelog.schemas.hash.Merkle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A proof that an entry is in a log, which can be checked without the log (c2sp.org/tlog-proof). The reader must check
 * the checkpoint's signatures, with keys or a {@link Policy} from a trusted source.
 *
 * @param extra data that the application adds; the proof does not authenticate them
 * @param index the entry's index in the log, from 0
 * @param proof from the leaf's sibling up to the root's child
 * @param checkpoint signed by the log, and possibly by witnesses
 */
public record TlogProof(Optional<byte[]> extra, long index, List<byte[]> proof, SignedNote checkpoint) {
    /** The longest text of a proof, in bytes; the checkpoint may take more than half of it. */
    public static final int LONGEST = 2 * SignedNote.LONGEST;

    private static final String HEAD = "c2sp.org/tlog-proof@v1";
    private static final String EXTRA = "extra ";
    private static final String INDEX = "index ";
    private static final int MOST_HASHES = 63;

    /**
     * @throws IllegalArgumentException when a proof cannot have one of these values
     */
    public TlogProof {
        if (index < 0) {
            throw new IllegalArgumentException("a proof for entry %d".formatted(index));
        }
        if (proof.size() > MOST_HASHES || proof.stream().anyMatch(hash -> hash.length != Merkle.HASH)) {
            throw new IllegalArgumentException(
                    "a proof has at most %d hashes of %d bytes".formatted(MOST_HASHES, Merkle.HASH));
        }
        extra = extra.map(byte[]::clone);
        proof = List.copyOf(proof);
    }

    @Override
    public Optional<byte[]> extra() {
        return extra.map(byte[]::clone);
    }

    /**
     * Whether the checkpoint's tree has this leaf at the index. The checkpoint's signatures are not checked.
     *
     * @param leafHash {@link Merkle#leaf} of the entry
     * @throws TlogException when the note's text is no checkpoint
     */
    public boolean includes(byte[] leafHash) {
        Checkpoint tree = Checkpoint.parse(checkpoint.text());
        return Proofs.included(leafHash, index, tree.size(), proof, tree.root());
    }

    /** The proof as it is stored, by convention in a file whose name ends with .tlog-proof. */
    public String text() {
        StringBuilder text = new StringBuilder(HEAD).append('\n');
        extra.ifPresent(
                bytes -> text.append(EXTRA).append(StrictEncoding.base64(bytes)).append('\n'));
        text.append(INDEX).append(index).append('\n');
        proof.forEach(hash -> text.append(StrictEncoding.base64(hash)).append('\n'));
        return text.append('\n')
                .append(new String(checkpoint.bytes(), StandardCharsets.UTF_8))
                .toString();
    }

    /**
     * Reads a proof.
     *
     * @throws TlogException when the text is no proof
     */
    public static TlogProof parse(String text) {
        if (text.length() > LONGEST) {
            throw new TlogException("a proof of %d characters; at most %d are read".formatted(text.length(), LONGEST));
        }
        int end = text.indexOf("\n\n");
        if (end < 0) {
            throw new TlogException("that is no proof: no empty line parts it from a checkpoint");
        }
        String[] lines = text.substring(0, end).split("\n", MOST_HASHES + 5);
        if (!lines[0].equals(HEAD)) {
            throw new TlogException("that is no proof: its first line is not " + HEAD);
        }
        int next = 1;
        Optional<byte[]> extra = Optional.empty();
        if (next < lines.length && lines[next].startsWith(EXTRA)) {
            extra = Optional.ofNullable(StrictEncoding.base64(lines[next].substring(EXTRA.length())));
            if (extra.isEmpty()) {
                throw new TlogException("line 2 of a proof is no base64 behind 'extra '");
            }
            next++;
        }
        OptionalLong index = next < lines.length && lines[next].startsWith(INDEX)
                ? StrictEncoding.decimal(lines[next].substring(INDEX.length()))
                : OptionalLong.empty();
        if (index.isEmpty()) {
            throw new TlogException("line %d of a proof is not 'index ' and a number from 0 on".formatted(next + 1));
        }
        next++;
        if (lines.length - next > MOST_HASHES) {
            throw new TlogException("a proof with more than %d hashes".formatted(MOST_HASHES));
        }
        List<byte[]> proof = new ArrayList<>();
        for (; next < lines.length; next++) {
            byte[] hash = StrictEncoding.hash(lines[next]);
            if (hash == null) {
                throw new TlogException(
                        "line %d of a proof is no hash: base64 of %d bytes is needed".formatted(next + 1, Merkle.HASH));
            }
            proof.add(hash);
        }
        SignedNote note = SignedNote.parse(utf8(text.substring(end + 2)));
        Checkpoint.parse(note.text());
        return new TlogProof(extra, index.getAsLong(), proof, note);
    }

    private static byte[] utf8(String text) {
        try {
            return StrictEncoding.utf8(text);
        } catch (IllegalArgumentException malformed) {
            throw new TlogException("that is no proof: it can't be written in UTF-8", malformed);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TlogProof that && text().equals(that.text());
    }

    @Override
    public int hashCode() {
        return Objects.hash(index, checkpoint);
    }

    @Override
    public String toString() {
        return text();
    }
}
