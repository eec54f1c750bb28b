// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import io.votelog.infra.images.probe.HealthProbe;
import io.votelog.infra.system.SystemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** An app that runs as a process of this machine, from files that stand for an image's or from its jar. */
final class RunningApp implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(120);
    private static final Duration GRACE = Duration.ofSeconds(40);
    private static final long POLL_MS = 10;
    private static final int LAST_WORDS = 15;

    private final String name;
    private final Process process;
    private final Path log;
    private final long begunNs = System.nanoTime();

    private RunningApp(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts it. It ends with this JVM, unless that is killed.
     *
     * @param environment all of it: nothing is inherited
     * @param log of this start alone
     */
    static RunningApp start(String name, List<String> command, Path folder, Map<String, String> environment, Path log)
            throws IOException {
        Files.createDirectories(log.getParent());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        Thread end = new Thread(process::destroyForcibly, "end of " + name);
        Runtime.getRuntime().addShutdownHook(end);
        return new RunningApp(name, process, log);
    }

    /**
     * Returns when it says that it is ready.
     *
     * @return how long that took since its start
     * @throws SystemException where it dies, or takes more than two minutes
     */
    Duration awaitReady(int port) throws InterruptedException {
        while (!HealthProbe.ready(port)) {
            if (!process.isAlive()) {
                throw new SystemException(lastWords("died with code " + process.exitValue()));
            }
            if (sinceStart().compareTo(READY) > 0) {
                throw new SystemException(lastWords("is not ready after " + READY.toSeconds() + " s"));
            }
            Thread.sleep(POLL_MS);
        }
        return sinceStart();
    }

    private Duration sinceStart() {
        return Duration.ofNanos(System.nanoTime() - begunNs);
    }

    /** What it has taken of the processors. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    long pid() {
        return process.pid();
    }

    /** What it has said. */
    List<String> said() throws IOException {
        return Files.readAllLines(log);
    }

    /**
     * Waits for its end.
     *
     * @return its exit code
     * @throws SystemException where it takes longer
     */
    int awaitEnd(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            throw new SystemException(lastWords("has not ended after " + limit.toSeconds() + " s"));
        }
        return process.exitValue();
    }

    /**
     * Has it end (SIGTERM).
     *
     * @return its exit code
     * @throws SystemException where it takes more than forty seconds
     */
    int stop() throws InterruptedException {
        process.destroy();
        return awaitEnd(GRACE);
    }

    /** Kills it where it runs. */
    @Override
    public void close() {
        process.destroyForcibly();
    }

    private String lastWords(String what) {
        String end = "";
        try {
            List<String> lines = said();
            end = ": " + String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_WORDS), lines.size()));
        } catch (IOException e) {
            // Its log is named in any case.
        }
        return "%s %s, see %s%s".formatted(name, what, log, end);
    }
}
