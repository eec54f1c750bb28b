// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How large the files of a running process may grow. A write beyond fails as one to a full disk does, with an error of its own. It needs no
 * rights and no disk of its own, only {@code prlimit} (util-linux).
 */
public final class FileSizeLimit {
    private static final List<Path> PLACES = List.of(Path.of("/usr/bin/prlimit"), Path.of("/bin/prlimit"));

    private FileSizeLimit() {}

    /** Whether this machine has what it takes. */
    public static boolean isPossible() {
        return PLACES.stream().anyMatch(Files::isExecutable);
    }

    /** Lets no file of the process grow beyond so many bytes; one that is larger already does not grow at all. */
    public static void set(long pid, long bytes) {
        prlimit(pid, Long.toString(bytes));
    }

    /** Lets its files grow again. */
    public static void lift(long pid) {
        prlimit(pid, "unlimited");
    }

    private static void prlimit(long pid, String soft) {
        try {
            // The soft limit alone: it can be lifted again.
            Process process = new ProcessBuilder("prlimit", "--pid", Long.toString(pid), "--fsize=" + soft + ":")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes()).strip();
            if (process.waitFor() != 0) {
                throw new IllegalStateException("prlimit of process %d: %s".formatted(pid, said));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("interrupted");
        }
    }
}
