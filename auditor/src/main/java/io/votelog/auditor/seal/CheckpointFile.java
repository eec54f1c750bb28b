// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import io.votelog.auditor.files.KeptFile;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.tiles.BoundedFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code checkpoint} of a log, the only file that changes. It is replaced atomically: readers and a crash find
 * either the old or the new checkpoint.
 */
public final class CheckpointFile {
    /** The file's name in the tree's folder, by C2SP tlog-tiles. */
    public static final String NAME = "checkpoint";

    private final Path folder;

    /**
     * @param folder that holds the log
     */
    public CheckpointFile(Path folder) {
        this.folder = folder;
    }

    /** The checkpoint in the file; null where there is no file. */
    @Nullable
    public SignedNote shown() {
        byte[] bytes = BoundedFile.readIfThere(folder.resolve(NAME), SignedNote.LONGEST);
        return bytes == null ? null : SignedNote.parse(bytes);
    }

    /**
     * Replaces the checkpoint. Where the file holds the same checkpoint already, its signatures are kept and new ones
     * are added.
     */
    public void show(SignedNote note) {
        SignedNote there = shown();
        if (there == null || !there.text().equals(note.text())) {
            replace(note);
            return;
        }
        SignedNote both = there;
        for (SignedNote.Signature signature : note.signatures()) {
            if (!both.signatures().contains(signature)) {
                both = both.with(signature.line());
            }
        }
        if (!both.equals(there)) {
            replace(both);
        }
    }

    /** Replaces the checkpoint by this one with these signatures, whatever the file holds. */
    public void replace(SignedNote note) {
        KeptFile.replace(folder.resolve(NAME), note.bytes());
    }
}
