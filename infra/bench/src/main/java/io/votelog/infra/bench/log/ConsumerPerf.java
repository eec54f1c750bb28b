// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.log;

import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.broker.ChildJvm;
import io.votelog.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;

/** Kafka's own consumer benchmark over all votes of a log. */
public final class ConsumerPerf {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int FETCHED_A_SECOND = 9;
    private static final int TAIL = 200;

    private final MadeLog log;
    private final Path folder;

    /** @param folder of the run, which gets its log */
    public ConsumerPerf(MadeLog log, Path folder) {
        this.log = log;
        this.folder = folder;
    }

    /**
     * Reads all votes once.
     *
     * @param name of this reading, for its log
     * @return records a second, from its first fetch on
     */
    public double recordsPerSecond(String name) {
        ChildJvm perf = ChildJvm.of("consumer-perf-test", "org.apache.kafka.tools.ConsumerPerformance")
                .workingDir(folder)
                .logFile(folder.resolve("logs").resolve(name + ".log"))
                .jvmArgs("-Xmx512m")
                .args(
                        "--bootstrap-server",
                        log.bootstrapServers(),
                        "--topic",
                        Topics.VOTES.name(),
                        "--messages",
                        Long.toString(log.records()),
                        "--timeout",
                        "60000",
                        "--hide-header")
                .start();
        await(perf);
        return perf.logTail(TAIL).stream()
                .map(line -> line.split(", *"))
                .filter(cells -> cells.length > FETCHED_A_SECOND)
                .map(cells -> Double.parseDouble(cells[FETCHED_A_SECOND]))
                .findFirst()
                .orElseThrow(() -> new BenchException(perf.obituary("kafka-consumer-perf-test told no rate")));
    }

    /**
     * Waits for the end of a program that ends by itself.
     *
     * @throws BenchException where that takes more than ten minutes; it is killed then
     */
    public static void await(ChildJvm child) {
        if (!child.awaitEnd(PATIENCE)) {
            child.kill();
            throw new BenchException(child.obituary("%s does not end".formatted(child.name())));
        }
    }
}
