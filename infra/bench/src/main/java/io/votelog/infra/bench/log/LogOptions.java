// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.log;

import io.votelog.infra.bench.system.FolderOption;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a program is told about the log that it makes, and where its data are. */
public final class LogOptions {
    @Option(names = "--partitions", defaultValue = "4", description = "default: ${DEFAULT-VALUE}")
    public int partitions;

    @Option(names = "--seed", defaultValue = "1", description = "of the votes; default: ${DEFAULT-VALUE}")
    public long seed;

    @Mixin
    FolderOption folder = new FolderOption();

    /** The folder of this run, which is there; a new one's name begins with {@code prefix}. */
    public Path folder(String prefix) {
        return folder.folder(prefix);
    }

    /** Deletes the folder of this run, unless somebody asked for it. */
    public void delete(Path folder) {
        this.folder.delete(folder);
    }
}
