// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.restore;

import io.votelog.infra.bench.log.CountingOptions;
import io.votelog.infra.bench.log.MadeLog;
import io.votelog.infra.bench.system.Calls;
import io.votelog.infra.bench.system.Heap;
import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.bench.workspace.Workspace;
import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.system.FreePorts;
import io.votelog.schemas.Receipt;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** An instance of streams-app with a state directory and ports of its own, which is started, killed and started again. */
final class CountingApp implements AutoCloseable {
    private static final String APPLICATION_ID = "restore";
    private static final String TASKS = "votelog_count_tasks{";
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final JsonMapper JSON = new JsonMapper();

    private final String name;
    private final CountingOptions options;
    private final MadeLog log;
    private final Path folder;
    private final int port;
    private final int managementPort;
    private final Calls calls = new Calls();
    private @Nullable ChildJvm child;

    /** @param folder of the run */
    CountingApp(String name, CountingOptions options, MadeLog log, Path folder, FreePorts ports) {
        this.name = name;
        this.options = options;
        this.log = log;
        this.folder = folder;
        this.port = ports.next();
        this.managementPort = ports.next();
    }

    /** Starts the process and does not wait. */
    void start(String... arguments) {
        child = options.app(name, log, APPLICATION_ID, state(), port, managementPort, arguments)
                .workingDir(folder)
                .logFile(folder.resolve("logs").resolve(name + ".log"))
                .start();
    }

    /** SIGKILL. */
    void kill() {
        child().kill();
    }

    /** SIGTERM; returns when it is gone. */
    @Override
    public void close() {
        if (child != null) {
            child.stop(GRACE);
        }
    }

    /** Deletes the state directory of an instance that does not run. */
    void loseDisk() {
        if (Files.exists(state())) {
            Workspace.delete(state());
        }
    }

    boolean isReady() {
        return calls.ifThere(management("/actuator/health/readiness")).isPresent();
    }

    /** Whether its results are of every record of votes that is in the log now. */
    boolean hasCountedAll() {
        return calls.ifThere(ballot("/results"))
                .filter(results ->
                        JSON.readTree(results).at("/turnout/received").asLong() == log.accepted() + log.retried())
                .isPresent();
    }

    /** Whether it tells, for each partition, that the oldest vote is accepted. */
    boolean tellsReceipts() {
        return log.oldest().stream().allMatch(this::tellsAccepted);
    }

    private boolean tellsAccepted(Receipt receipt) {
        return calls.ifThere(ballot("/receipts/" + receipt))
                .filter(told ->
                        JSON.readTree(told).path("status").stringValue("").equals("accepted"))
                .isPresent();
    }

    /** How many partitions this instance counts. */
    int partitions() {
        return calls.ifThere(management("/actuator/prometheus")).stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith(TASKS))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** What its state directory takes, in bytes. */
    long diskBytes() {
        return bytes(state().toFile());
    }

    /** Its heap in use in KB, after a full collection. */
    long heapKb() {
        return Heap.liveKb(child().pid());
    }

    void requireAlive() {
        if (!child().isAlive()) {
            throw new BenchException(obituary(name + " died"));
        }
    }

    /** {@code what}, and the end of its log. */
    String obituary(String what) {
        return child().obituary(what);
    }

    /** Files may come and go meanwhile. */
    private static long bytes(File file) {
        File[] inside = file.listFiles();
        if (inside == null) {
            return file.length();
        }
        long sum = 0;
        for (File one : inside) {
            sum += bytes(one);
        }
        return sum;
    }

    private ChildJvm child() {
        if (child == null) {
            throw new IllegalStateException(name + " was not started");
        }
        return child;
    }

    private Path state() {
        return folder.resolve("state").resolve(name);
    }

    private URI ballot(String path) {
        return URI.create("http://127.0.0.1:%d/v1/ballots/%s%s"
                .formatted(port, log.ballot().id(), path));
    }

    private URI management(String path) {
        return URI.create("http://127.0.0.1:%d%s".formatted(managementPort, path));
    }
}
