// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.workspace;

import io.votelog.infra.broker.FileTrees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the programs of this module find what they measure, and keep what they keep. */
public final class Workspace {
    /** System property: the repository's root; the working directory by default. */
    static final String ROOT = "votelog.bench.root";

    private Workspace() {}

    /** The repository. */
    public static Path root() {
        return Path.of(System.getProperty(ROOT, "")).toAbsolutePath().normalize();
    }

    /** Where keys, signed tokens and the data of runs are kept. */
    public static Path home() {
        return root().resolve(".votelog/bench");
    }

    /**
     * The folder of one run.
     *
     * @param asked the one that was asked for; null for a new one, which begins with {@code prefix}
     */
    public static Path folder(@Nullable Path asked, String prefix) {
        try {
            Path home = Files.createDirectories(home());
            return asked == null
                    ? Files.createTempDirectory(home, prefix)
                    : Files.createDirectories(asked.toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes the folder of a run with all that is in it; says on standard error where that fails. */
    public static void delete(Path folder) {
        try {
            FileTrees.delete(folder);
        } catch (IOException e) {
            System.err.println("not deleted: " + folder + ": " + e);
        }
    }
}
