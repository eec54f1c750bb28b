// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.neighbours;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program of others and all that it starts, in a process group of its own, which is killed (SIGKILL) when it is closed and when this JVM
 * ends, however that happens: the shell that keeps it reads an end of file then.
 */
final class TetheredProcess implements AutoCloseable {
    private static final String KEEPER =
            """
            "$@" </dev/null &
            cat >/dev/null
            kill -KILL 0
            """;

    private final Process keeper;
    private final Path log;

    private TetheredProcess(Process keeper, Path log) {
        this.keeper = keeper;
        this.log = log;
    }

    /** Starts it; what it says goes to the end of the log file. */
    static TetheredProcess start(List<String> command, Path dir, Path log, Map<String, String> environment)
            throws IOException {
        List<String> kept = new ArrayList<>(List.of("setsid", "sh", "-c", KEEPER, "keeper"));
        kept.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(kept)
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        return new TetheredProcess(builder.start(), log);
    }

    /** What it has said. */
    String said() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it, if it lives. Returns when it is gone. */
    @Override
    public void close() {
        try {
            keeper.getOutputStream().close();
            assertThat(keeper.waitFor(20, TimeUnit.SECONDS)).as("killed").isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
