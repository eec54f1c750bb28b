// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system.observe;

import io.votelog.infra.broker.ChildStartException;
import io.votelog.infra.system.App;
import io.votelog.infra.system.Health;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * This machine's Prometheus with the configuration of {@code infra/observability}; only the addresses that it scrapes are others. It ends with
 * this JVM, however that ends: the shell that keeps it reads an end of file then.
 */
public final class PrometheusProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final String CONFIGURATION = "prometheus.yml";
    private static final String RULES = "alerts.yml";

    private static final String KEEPER =
            """
            exec 3<&0
            "$@" </dev/null 3<&- &
            kept=$!
            { cat <&3 >/dev/null; kill -TERM "$kept"; } &
            exec 3<&-
            wait "$kept"
            """;

    private final Process keeper;
    private final int port;

    /**
     * A part of the system, with the instances of it that are scraped.
     *
     * @param job by which rules and dashboards know it, such as {@code votelog-gateway}
     * @param ports of its instances' management on 127.0.0.1
     */
    public record Job(String job, List<Integer> ports) {
        public Job {
            ports = List.copyOf(ports);
        }

        /** Instances of an app, by the ports of their management. */
        public static Job of(App app, List<Integer> ports) {
            return new Job(
                    switch (app) {
                        case PRODUCER -> "votelog-gateway";
                        case STREAMS -> "votelog-streams-app";
                    },
                    ports);
        }

        /** Sealers, by the ports of their management. */
        public static Job ofSealers(List<Integer> ports) {
            return new Job("votelog-sealer", ports);
        }

        private String asJson() {
            return "{\"targets\": [%s], \"labels\": {\"job\": \"%s\"}}"
                    .formatted(
                            ports.stream().map("\"127.0.0.1:%d\""::formatted).collect(Collectors.joining(", ")), job);
        }
    }

    private PrometheusProcess(Process keeper, int port) {
        this.keeper = keeper;
        this.port = port;
    }

    /** The program, where it is installed. */
    public static Optional<Path> program() {
        return Stream.of("/usr/bin/prometheus", "/usr/local/bin/prometheus")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Starts it on 127.0.0.1; returns when it is ready.
     *
     * @param repository whose configuration and rules it gets
     * @param folder for what it keeps, its log among it; made where it is not there
     * @param port where it listens
     * @param jobs what it scrapes
     * @throws ChildStartException where Prometheus is not installed, ends, or is not ready in time
     */
    public static PrometheusProcess start(Path repository, Path folder, int port, List<Job> jobs)
            throws InterruptedException {
        Path program = program()
                .orElseThrow(
                        () -> new ChildStartException("Prometheus is not installed; Debian's package is prometheus"));
        Path log = folder.resolve("prometheus.log");
        PrometheusProcess started;
        try {
            Files.createDirectories(folder);
            for (String file : List.of(CONFIGURATION, RULES)) {
                Files.copy(
                        repository.resolve("infra/observability").resolve(file),
                        folder.resolve(file),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            Files.writeString(
                    folder.resolve("targets.json"),
                    jobs.stream().map(Job::asJson).collect(Collectors.joining(",\n", "[", "]\n")));
            Process keeper = new ProcessBuilder(
                            "setsid",
                            "sh",
                            "-c",
                            KEEPER,
                            "keeper",
                            program.toString(),
                            "--config.file=" + folder.resolve(CONFIGURATION),
                            "--storage.tsdb.path=" + folder.resolve("data"),
                            "--web.listen-address=127.0.0.1:" + port)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            started = new PrometheusProcess(keeper, port);
        } catch (IOException e) {
            throw new ChildStartException("Prometheus does not start: " + e.getMessage(), e);
        }
        started.awaitReady(log);
        return started;
    }

    private void awaitReady(Path log) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Health health = new Health();
        while (!health.answers(url().resolve("/-/ready"))) {
            if (!keeper.isAlive() || System.nanoTime() - end > 0) {
                String said = lastLine(log);
                close();
                throw new ChildStartException("Prometheus is not ready at port %d; it said: %s".formatted(port, said));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static String lastLine(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return lines.isEmpty() ? "nothing" : lines.get(lines.size() - 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where its pages and its API are. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Is called once, on another thread, when it has ended by itself or was stopped. */
    public void onExit(Runnable ended) {
        keeper.onExit().thenRun(ended);
    }

    /** SIGTERM, and SIGKILL where it takes longer. Returns when it is gone. */
    @Override
    public void close() {
        List<ProcessHandle> kept = keeper.descendants().toList();
        try {
            keeper.getOutputStream().close();
            if (keeper.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (IOException gone) {
            // The shell has ended, and reads nothing.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kept.forEach(ProcessHandle::destroyForcibly);
        keeper.destroyForcibly();
    }
}
