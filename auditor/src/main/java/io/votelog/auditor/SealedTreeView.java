package io.votelog.auditor;

import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.NoteVerifier;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.TileSource;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.TlogReader;
import org.jspecify.annotations.Nullable;

/**
 * One tree of a sealed log as it is shown: by a folder or by a web server.
 *
 * @param note the checkpoint as it is shown, with its signatures
 * @param checkpoint what it says
 * @param reader reads the tree of which it is the checkpoint
 */
record SealedTreeView(SealedLog tree, SignedNote note, Checkpoint checkpoint, TlogReader reader) {
    /**
     * Looks at the checkpoint; whether it is signed, {@link #wrong} tells.
     *
     * @throws AuditException when there is none, or it is none
     */
    static SealedTreeView open(SealedLog tree, String log) {
        TileSource source = SealedLogOptions.source(tree, log);
        try {
            byte[] shown = source.read(CheckpointFile.NAME);
            if (shown == null) {
                throw new AuditException("%s shows no checkpoint of its tree of %s".formatted(log, tree.path()));
            }
            SignedNote note = SignedNote.parse(shown);
            Checkpoint checkpoint = Checkpoint.parse(note.text());
            return new SealedTreeView(
                    tree, note, checkpoint, new TlogReader(source, checkpoint.size(), checkpoint.root()));
        } catch (TlogException e) {
            throw new AuditException("%s, tree of %s: %s".formatted(log, tree.path(), e.getMessage()), e);
        }
    }

    /**
     * Why it is not this log's checkpoint of this tree; nothing when it is.
     *
     * @param key the log's public key
     */
    @Nullable
    String wrong(NoteVerifier key) {
        return wrong(tree, note, checkpoint, key);
    }

    /** The same of a checkpoint that came by another road. */
    static @Nullable String wrong(SealedLog tree, SignedNote note, Checkpoint checkpoint, NoteVerifier key) {
        NoteVerifier verifier = tree.verifier(key);
        if (!checkpoint.origin().equals(verifier.name())) {
            return "the checkpoint is of %s, not of %s".formatted(checkpoint.origin(), verifier.name());
        }
        if (!note.signedBy(verifier)) {
            return "the checkpoint of %s is not signed with the key %s".formatted(checkpoint.origin(), verifier.vkey());
        }
        return null;
    }
}
