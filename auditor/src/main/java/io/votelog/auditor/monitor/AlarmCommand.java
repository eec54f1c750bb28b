// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.monitor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A command of the user's, which is told of alarms. It has a line of JSON on its standard input, and in its environment
 * the kind of the alarm and the event. It runs in a shell, for a bounded time.
 */
public final class AlarmCommand {
    /** The variable with the kind of the alarm. */
    static final String KIND = "VOTELOG_ALARM";

    /** The variable with the event: {@code alarm}, {@code reminder} or {@code over}. */
    static final String EVENT = "VOTELOG_ALARM_EVENT";

    private final String command;
    private final Duration patience;

    /** @param command as {@code sh -c} takes it */
    public AlarmCommand(String command) {
        this(command, Duration.ofSeconds(30));
    }

    AlarmCommand(String command, Duration patience) {
        this.command = command;
        this.patience = patience;
    }

    /**
     * Runs the command, and waits until it ends or the time is up; then it is killed.
     *
     * @return why it failed; null when it ended with 0
     */
    @Nullable
    String run(String event, AlarmKind kind, String line) throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put(KIND, kind.id());
        builder.environment().put(EVENT, event);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return "it can't be started: " + e.getMessage();
        }
        try {
            // A command that does not read must not hold up the monitor.
            Thread writer = new Thread(() -> write(process, line), "alarm");
            writer.setDaemon(true);
            writer.start();
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return "it took longer than %d s, and was ended".formatted(patience.toSeconds());
            }
            return process.exitValue() == 0 ? null : "it ended with exit code %d".formatted(process.exitValue());
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static void write(Process process, String line) {
        try (OutputStream in = process.getOutputStream()) {
            in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException unread) {
            // The command does not read its input, which it need not.
        }
    }
}
