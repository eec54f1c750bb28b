// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.seal.CheckpointFile;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogFiles;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.NoteVerifier;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.TlogProof;
import io.votelog.auditor.tlog.UnreadableException;
import io.votelog.auditor.tlog.tiles.TileSource;
import io.votelog.auditor.tlog.tiles.TlogReader;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One tree of a sealed log, with the checkpoint that a folder or a web server shows.
 *
 * @param note the shown checkpoint with its signatures
 * @param checkpoint the parsed text of the checkpoint
 * @param reader reads the tree of this checkpoint
 * @param source the source of the tree's files; closed with this object
 */
public record SealedTreeView(
        SealedLog tree, SignedNote note, Checkpoint checkpoint, TlogReader reader, TileSource source)
        implements AutoCloseable {
    /**
     * Reads the checkpoint. Its signature is not checked; {@link #fault} does that.
     *
     * @throws AuditException when the tree has no checkpoint, or an invalid one
     * @throws UnreadableException when the checkpoint cannot be read
     */
    static SealedTreeView open(SealedLog tree, String log) {
        SealedTreeView view = openIfShown(tree, log, SealedLogFiles.of(tree, log));
        if (view == null) {
            throw new AuditException("%s shows no checkpoint of its tree of %s".formatted(log, tree.path()));
        }
        return view;
    }

    /**
     * The same for a tree whose checkpoint must be this log's.
     *
     * @param key the log's public key
     * @throws AuditException also when the checkpoint is of another log, or is not signed with the key
     */
    static SealedTreeView openSigned(SealedLog tree, String log, SealedLogKey key) {
        SealedTreeView view = open(tree, log);
        String wrong = view.fault(key);
        if (wrong != null) {
            view.close();
            throw new AuditException("%s: %s".formatted(log, wrong));
        }
        return view;
    }

    /**
     * Opens a tree as {@link #open} does, from a source, which the view closes.
     *
     * @param log the name of the log in error messages
     * @return null when the tree has no checkpoint
     * @throws AuditException when what is shown is no checkpoint
     * @throws UnreadableException when the checkpoint cannot be read
     */
    public static @Nullable SealedTreeView openIfShown(SealedLog tree, String log, TileSource source) {
        try {
            byte[] shown = source.read(CheckpointFile.NAME);
            if (shown == null) {
                return null;
            }
            SignedNote note = SignedNote.parse(shown);
            Checkpoint checkpoint = Checkpoint.parse(note.text());
            return new SealedTreeView(
                    tree, note, checkpoint, new TlogReader(source, checkpoint.size(), checkpoint.root()), source);
        } catch (UnreadableException e) {
            throw e;
        } catch (TlogException e) {
            throw new AuditException("%s, tree of %s: %s".formatted(log, tree.path(), e.getMessage()), e);
        }
    }

    /**
     * Why the checkpoint is not this log's checkpoint of this tree; null when it is.
     *
     * @param key the log's public key
     */
    public @Nullable String fault(SealedLogKey key) {
        return fault(tree, note, checkpoint, key);
    }

    /** The same for a checkpoint from elsewhere, such as a proof. */
    public static @Nullable String fault(SealedLog tree, SignedNote note, Checkpoint checkpoint, SealedLogKey key) {
        NoteVerifier verifier = key.of(tree);
        if (!checkpoint.origin().equals(verifier.name())) {
            return "the checkpoint is of %s, not of %s".formatted(checkpoint.origin(), verifier.name());
        }
        if (!note.signedBy(verifier)) {
            return "the checkpoint of %s is not signed with the key %s".formatted(checkpoint.origin(), verifier.vkey());
        }
        return null;
    }

    /**
     * Proves that an entry is in the tree.
     *
     * @param index of the entry, from 0 on, below the checkpoint's size
     * @param extra what the proof carries beside the path, such as the entry
     * @throws TlogException when the tree cannot be read, or is not the checkpoint's
     */
    TlogProof proof(long index, byte[] extra) {
        return new TlogProof(Optional.of(extra), index, reader.inclusion(index), note);
    }

    @Override
    public void close() {
        SealedLogFiles.close(source);
    }
}
