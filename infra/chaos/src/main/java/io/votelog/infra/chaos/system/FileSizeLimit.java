// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
        List<String> command = new ArrayList<>();
        int user = user(Path.of("/proc", Long.toString(pid)));
        if (user != user(Path.of("/proc/self"))) {
            // Root may set another user's limits with CAP_SYS_RESOURCE alone, which containers do not have.
            command.addAll(List.of("setpriv", "--reuid", Integer.toString(user)));
        }
        // The soft limit alone: it can be lifted again.
        command.addAll(List.of("prlimit", "--pid", Long.toString(pid), "--fsize=" + soft + ":"));
        Tool.run("", command);
    }

    private static int user(Path process) {
        try {
            return (int) Files.getAttribute(process, "unix:uid");
        } catch (IOException e) {
            throw new IllegalStateException("there is no " + process, e);
        }
    }
}
