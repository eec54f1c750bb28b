// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.Proofs;
import io.votelog.auditor.tlog.StrictEncoding;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.tiles.TileSource;
import io.votelog.auditor.tlog.tiles.TlogReader;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two checkpoints that one log signed: they contradict each other when no tree can have both. Their signatures must have
 * been checked before.
 *
 * @param smaller the one with fewer leaves, or as many
 * @param smallerName what messages call it, such as its file
 */
public record TwoCheckpoints(Checkpoint smaller, String smallerName, Checkpoint larger, String largerName) {
    /**
     * What was found.
     *
     * @param contradiction whether both cannot be of one log
     * @param why it is so, for people
     */
    public record Finding(boolean contradiction, String why) {}

    /** Two checkpoints in either order. */
    public static TwoCheckpoints of(Checkpoint a, String nameA, Checkpoint b, String nameB) {
        return a.size() <= b.size() ? new TwoCheckpoints(a, nameA, b, nameB) : new TwoCheckpoints(b, nameB, a, nameA);
    }

    /** Whether the larger tree's files are needed to tell. */
    public boolean needsTiles() {
        return smaller.size() != larger.size();
    }

    /**
     * Compares them.
     *
     * @param tiles files of the larger tree; null where they are not given
     * @throws AuditException when the files are needed and not given
     * @throws TlogException when the files do not lead to the larger checkpoint's root, which proves nothing
     */
    public Finding compare(@Nullable TileSource tiles) {
        if (!needsTiles()) {
            return Arrays.equals(smaller.root(), larger.root())
                    ? new Finding(false, "Both are of the same %,d entries.".formatted(larger.size()))
                    : new Finding(
                            true,
                            "Both are of %,d entries and have different roots. The log signed both: keep the two files, they are"
                                            .formatted(larger.size())
                                    + " the proof.");
        }
        if (tiles == null) {
            throw new AuditException(
                    "%s is of %,d entries and %s of %,d: whether the one is the beginning of the other the log's tiles tell, with"
                                    .formatted(smallerName, smaller.size(), largerName, larger.size())
                            + " --log");
        }
        // Tiles that do not hash to the larger root prove nothing; reading them throws an exception.
        TlogReader reader = new TlogReader(tiles, larger.size(), larger.root());
        byte[] beginning = reader.root(smaller.size());
        List<byte[]> proof = reader.consistency(smaller.size());
        if (!Proofs.consistent(smaller.size(), beginning, larger.size(), larger.root(), proof)) {
            throw new TlogException("the proof that was made of the tiles of %s does not verify".formatted(tiles));
        }
        if (Arrays.equals(beginning, smaller.root())) {
            return new Finding(
                    false,
                    "%s is the beginning of %s: its %,d entries are the first of the %,d."
                            .formatted(smallerName, largerName, smaller.size(), larger.size()));
        }
        return new Finding(
                true,
                "%s is no beginning of %s: the first %,d of the %,d entries have the root %s, and not %s. The log signed both:"
                                .formatted(
                                        smallerName,
                                        largerName,
                                        smaller.size(),
                                        larger.size(),
                                        StrictEncoding.base64(beginning),
                                        StrictEncoding.base64(smaller.root()))
                        + " keep the two files, and the log's tiles, they are the proof.");
    }
}
