// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.log;

import io.votelog.infra.bench.workspace.Workspace;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a program is told about the log that it makes, and where its data are. */
public final class LogOptions {
    @Option(names = "--partitions", defaultValue = "4", description = "default: ${DEFAULT-VALUE}")
    public int partitions;

    @Option(names = "--seed", defaultValue = "1", description = "of the votes; default: ${DEFAULT-VALUE}")
    public long seed;

    @Option(
            names = "--dir",
            description = "for the data of this run; default: a new folder below .votelog/bench, deleted at the end")
    @Nullable
    Path dir;

    /** The folder of this run; a new one begins with {@code prefix}. */
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
