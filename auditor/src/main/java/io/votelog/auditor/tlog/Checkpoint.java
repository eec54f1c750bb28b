// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import io.votelog.schemas.hash.Merkle;
import java.util.Arrays;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * A log's statement of its size and root (c2sp.org/tlog-checkpoint): the text that the log and its witnesses sign.
 *
 * @param origin the log's name: a line that is not empty
 * @param size the number of leaves, at least 0
 * @param root the tree's root, {@value Merkle#HASH} bytes
 */
public record Checkpoint(String origin, long size, byte[] root) {
    /**
     * @throws IllegalArgumentException when a checkpoint cannot have one of these values
     */
    public Checkpoint {
        if (origin.isEmpty() || origin.chars().anyMatch(c -> c < ' ')) {
            throw new IllegalArgumentException("an origin is a line that is not empty, not '%s'".formatted(origin));
        }
        if (size < 0) {
            throw new IllegalArgumentException("a tree of %d leaves".formatted(size));
        }
        if (root.length != Merkle.HASH) {
            throw new IllegalArgumentException("a root has %d bytes, not %d".formatted(Merkle.HASH, root.length));
        }
        root = root.clone();
    }

    @Override
    public byte[] root() {
        return root.clone();
    }

    /** The text of the note: three lines. */
    public String text() {
        return origin + "\n" + size + "\n" + StrictEncoding.base64(root) + "\n";
    }

    /**
     * Reads the text of a note. Lines after the third are ignored, as the specification asks of clients. Signatures are
     * over the note's text with those lines, not over {@link #text}, which leaves them out.
     *
     * @throws TlogException when the text is no checkpoint
     */
    public static Checkpoint parse(String noteText) {
        if (!noteText.endsWith("\n")) {
            throw new TlogException("a checkpoint's last line does not end with a newline");
        }
        String[] lines = noteText.substring(0, noteText.length() - 1).split("\n", -1);
        if (lines.length < 3) {
            throw new TlogException("a checkpoint has three lines at least, origin, size and root; this has %d"
                    .formatted(lines.length));
        }
        if (Arrays.stream(lines).anyMatch(String::isEmpty)) {
            throw new TlogException("a checkpoint has no empty line; this has one");
        }
        if (lines[0].chars().anyMatch(c -> c < ' ')) {
            throw new TlogException("a checkpoint's origin has a control character");
        }
        OptionalLong size = StrictEncoding.decimal(lines[1]);
        if (size.isEmpty()) {
            throw new TlogException(
                    "a checkpoint's second line is its size in decimal, from 0 to 2^63 - 1; this is '%s'"
                            .formatted(lines[1]));
        }
        byte[] root = StrictEncoding.hash(lines[2]);
        if (root == null) {
            throw new TlogException("a checkpoint's third line is its root, base64 of %d bytes; this is '%s'"
                    .formatted(Merkle.HASH, lines[2]));
        }
        return new Checkpoint(lines[0], size.getAsLong(), root);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Checkpoint that
                && origin.equals(that.origin)
                && size == that.size
                && Arrays.equals(root, that.root);
    }

    @Override
    public int hashCode() {
        return Objects.hash(origin, size, Arrays.hashCode(root));
    }

    @Override
    public String toString() {
        return "%s at %d, root %s".formatted(origin, size, StrictEncoding.base64(root));
    }
}
