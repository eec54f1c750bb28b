// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.system;

import io.votelog.infra.bench.workspace.Workspace;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --dir}: where the data of a run are, and whether they outlast it. */
public final class FolderOption {
    @Option(
            names = "--dir",
            description = "for the data of this run; default: a new folder below .votelog/bench, deleted at the end")
    @Nullable
    Path dir;

    /** The folder of this run, which is there; a new one's name begins with {@code prefix}. */
    public Path folder(String prefix) {
        return Workspace.folder(dir, prefix);
    }

    /** Deletes the folder of this run, unless somebody asked for it. */
    public void delete(Path folder) {
        if (dir == null) {
            Workspace.delete(folder);
        }
    }
}
