// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.compare;

import io.votelog.infra.bench.system.CpuMeter;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.broker.ChildJvm;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One run of {@code kafka-producer-perf-test} in a JVM of its own. */
final class ProducerPerf {
    private static final Pattern RATE = Pattern.compile("records sent, ([0-9.]+) records/sec");
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int TAIL = 100;

    private final TestSystem system;
    private final String topic;
    private final int recordBytes;
    private final long warmup;
    private final long steady;
    private final Map<String, Double> cpu = new LinkedHashMap<>();

    /**
     * @param recordBytes of each value; it has neither key nor headers
     * @param warmup records before those that count
     * @param steady records that count
     */
    ProducerPerf(TestSystem system, String topic, int recordBytes, long warmup, long steady) {
        this.system = system;
        this.topic = topic;
        this.recordBytes = recordBytes;
        this.warmup = warmup;
        this.steady = steady;
    }

    /** Records a second, as its last line says. */
    double run() {
        ChildJvm perf = system.startPerf(
                "--topic",
                topic,
                "--num-records",
                Long.toString(warmup + steady),
                "--warmup-records",
                Long.toString(warmup),
                "--record-size",
                Integer.toString(recordBytes),
                "--throughput",
                "-1",
                "--command-property",
                "bootstrap.servers=" + system.kafka().bootstrapServers(),
                "acks=all");
        Map<String, Long> pids = system.pids("server", perf.pid());
        pids.remove("generator");
        Map<String, Duration> before = CpuMeter.cpu(pids);
        Map<String, Duration> last = before;
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (perf.isAlive()) {
            Map<String, Duration> now = CpuMeter.cpu(pids);
            // A process that has just ended has no CPU time any more.
            if (!now.getOrDefault("server", Duration.ZERO).isZero()) {
                last = now;
            }
            if (System.nanoTime() - end > 0) {
                perf.kill();
                throw new BenchException(perf.obituary("kafka-producer-perf-test does not end"));
            }
            TestSystem.pause(Duration.ofMillis(50));
        }
        for (String process : pids.keySet()) {
            Duration taken =
                    last.getOrDefault(process, Duration.ZERO).minus(before.getOrDefault(process, Duration.ZERO));
            cpu.put(process, taken.toNanos() / 1e3 / (warmup + steady));
        }
        List<String> said = perf.logTail(TAIL);
        for (int i = said.size() - 1; i >= 0; i--) {
            Matcher rate = RATE.matcher(said.get(i));
            if (rate.find()) {
                System.err.println("perf-test    " + said.get(i) + " (" + recordBytes + " bytes each)");
                return Double.parseDouble(rate.group(1));
            }
        }
        throw new BenchException(perf.obituary("kafka-producer-perf-test told no rate"));
    }

    /** CPU microseconds a record, its warm-up and its start with it. */
    Map<String, Double> cpuEach() {
        return cpu;
    }
}
