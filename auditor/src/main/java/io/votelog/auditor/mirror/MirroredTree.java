// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.mirror;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.CheckpointFile;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.UnreadableException;
import io.votelog.auditor.tlog.tiles.FolderTiles;
import io.votelog.auditor.tlog.tiles.TileSource;
import io.votelog.auditor.tlog.tiles.TileWriter;
import io.votelog.auditor.tlog.tiles.TlogReader;
import io.votelog.auditor.verify.Contradiction;
import io.votelog.auditor.verify.SealedTreeView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The copy of one tree in a folder. Its files are the source's, byte for byte, but for partial tiles of sizes that were
 * not copied. The tiles are on the disk before the checkpoint that needs them is shown, so whenever the program dies, what
 * is shown is whole. Used by one thread.
 */
final class MirroredTree {
    private static final int AT_ONCE = 16 * 256;
    private static final String PARTIAL = ".p/";

    private final SealedLog tree;
    private final Path folder;
    private final CheckpointFile file;
    private @Nullable SignedNote kept;

    /**
     * Reads the copy's checkpoint.
     *
     * @param log the folder of both trees; it is created
     * @throws AuditException when it is none that the log signed
     */
    MirroredTree(SealedLog tree, Path log, SealedLogKey key) {
        this.tree = tree;
        folder = tree.folder(log);
        file = new CheckpointFile(folder);
        try {
            Files.createDirectories(folder);
            kept = file.shown();
            String wrong = kept == null ? null : SealedTreeView.fault(tree, kept, Checkpoint.parse(kept.text()), key);
            if (wrong != null) {
                throw new TlogException(wrong);
            }
        } catch (IOException e) {
            throw new AuditException("%s cannot be made: %s".formatted(folder, Texts.reason(e)), e);
        } catch (TlogException e) {
            throw new AuditException(
                    "%s is no copy of this log: %s. Take another folder, or the right key"
                            .formatted(folder, e.getMessage()),
                    e);
        }
    }

    SealedLog tree() {
        return tree;
    }

    /** The checkpoint that the copy shows; null where there is none yet. */
    @Nullable
    SignedNote kept() {
        return kept;
    }

    /** The number of leaves of the copy. */
    long size() {
        return kept == null ? 0 : Checkpoint.parse(kept.text()).size();
    }

    /**
     * Whether what the source shows contradicts the copy.
     *
     * @return null when one is the beginning of the other
     * @throws TlogException when the files do not allow the check
     */
    @Nullable
    Contradiction contradiction(SealedTreeView shown) {
        SignedNote mine = kept;
        if (mine == null) {
            return null;
        }
        Checkpoint checkpoint = Checkpoint.parse(mine.text());
        return shown.checkpoint().size() < checkpoint.size()
                ? Contradiction.between(
                        shown.note(),
                        mine,
                        new TlogReader(new FolderTiles(folder), checkpoint.size(), checkpoint.root()))
                : Contradiction.between(mine, shown.note(), shown.reader());
    }

    /**
     * Copies the leaves that are new, and writes their tiles to the disk. The checkpoint is not shown yet.
     *
     * @param shown a tree that continues the copy
     * @throws TlogException when the source's files cannot be read, or do not lead to the root
     * @throws AuditException when the copy is damaged, or cannot be written
     */
    void copy(SealedTreeView shown, Progress progress) {
        if (shown.checkpoint().size() == size()) {
            return;
        }
        try {
            copy(shown, new WithOwnFirst(shown.source()), progress);
        } catch (UnreadableException e) {
            throw e;
        } catch (TlogException e) {
            // What an earlier run left behind its checkpoint may be damaged: everything is fetched.
            copy(shown, shown.source(), progress);
        }
    }

    private void copy(SealedTreeView shown, TileSource source, Progress progress) {
        long size = shown.checkpoint().size();
        TileWriter writer = open();
        TlogReader reader = new TlogReader(source, size, shown.checkpoint().root());
        progress.begin("copying " + tree.path(), size);
        try {
            for (long from = writer.size(); from < size; ) {
                long to = Math.min(size, (from / AT_ONCE + 1) * AT_ONCE);
                reader.ahead(from, Math.min(size, to + AT_ONCE));
                reader.entries(from, to, (index, entry) -> append(writer, entry));
                progress.at(to);
                from = to;
            }
        } finally {
            progress.end();
        }
        byte[] root;
        try {
            root = writer.flush();
        } catch (TlogException e) {
            throw new AuditException(String.valueOf(e.getMessage()), e);
        }
        if (!Arrays.equals(root, shown.checkpoint().root())) {
            throw new AuditException(
                    "the copy in %s hashes to another root than the log's, from leaves that were verified: is something else writing there?"
                            .formatted(folder));
        }
    }

    private static void append(TileWriter writer, byte[] entry) {
        try {
            writer.append(entry);
        } catch (TlogException e) {
            throw new AuditException(String.valueOf(e.getMessage()), e);
        }
    }

    private TileWriter open() {
        String damaged = "the copy in %s is damaged: %s. Move it away, and it is made anew";
        try {
            TileWriter writer = TileWriter.open(folder, size());
            if (kept != null
                    && !Arrays.equals(
                            writer.root(), Checkpoint.parse(kept.text()).root())) {
                throw new AuditException(
                        damaged.formatted(folder, "its tiles do not hash to the root of its checkpoint"));
            }
            return writer;
        } catch (TlogException e) {
            throw new AuditException(damaged.formatted(folder, e.getMessage()), e);
        }
    }

    /** Shows a checkpoint whose tiles are on the disk, and returns whether it is another one than before. */
    boolean show(SignedNote note) {
        SignedNote before = kept;
        if (before != null && before.equals(note)) {
            return false;
        }
        file.replace(note);
        kept = note;
        return true;
    }

    /**
     * Full tiles and bundles that an earlier run wrote before it was stopped are not fetched again. Like all others they are
     * believed only as far as they lead to the root.
     */
    private final class WithOwnFirst implements TileSource {
        private final TileSource source;
        private final TileSource own = new FolderTiles(folder);

        WithOwnFirst(TileSource source) {
            this.source = source;
        }

        @Override
        public byte @Nullable [] read(String path) {
            byte[] here = isHere(path) ? own.read(path) : null;
            return here == null ? source.read(path) : here;
        }

        @Override
        public void ahead(List<String> paths) {
            source.ahead(paths.stream().filter(path -> !isHere(path)).toList());
        }

        private boolean isHere(String path) {
            return !path.contains(PARTIAL) && Files.isRegularFile(folder.resolve(path));
        }

        @Override
        public String toString() {
            return source.toString();
        }
    }
}
