// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What tests ask the system about processes. */
final class Processes {
    private Processes() {}

    /** Whether that process runs no more; one that ended and that nobody has asked about yet runs no more. */
    static boolean gone(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty() || state(pid) == 'Z';
    }

    static boolean stopped(long pid) {
        return state(pid) == 'T';
    }

    static void signal(String signal, long pid) throws Exception {
        Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid)
                .inheritIO()
                .start();
        assertThat(kill.waitFor()).isZero();
    }

    /** The letter for its state in /proc, or a space where there is none. */
    private static char state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return ' ';
        }
    }
}
