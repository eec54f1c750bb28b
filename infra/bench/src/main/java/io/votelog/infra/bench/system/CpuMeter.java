// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.system;

import io.votelog.infra.bench.load.LoadGenerator;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** CPU time, user and system, that processes took between two moments; in steps of 10 ms on Linux. */
public final class CpuMeter implements LoadGenerator.Span {
    private final Map<String, Long> pids;
    private final Map<String, Duration> before = new LinkedHashMap<>();
    private final Map<String, Duration> taken = new LinkedHashMap<>();

    /** @param pids process ids, by what the processes are called */
    public CpuMeter(Map<String, Long> pids) {
        this.pids = new LinkedHashMap<>(pids);
    }

    @Override
    public void begins() {
        before.putAll(cpu(pids));
    }

    @Override
    public void ends() {
        cpu(pids).forEach((name, cpu) -> taken.put(name, cpu.minus(before.getOrDefault(name, Duration.ZERO))));
    }

    /** Microseconds for each of so many pieces of work, by process. */
    public Map<String, Double> microsEach(long pieces) {
        Map<String, Double> each = new LinkedHashMap<>();
        taken.forEach((name, cpu) -> each.put(name, cpu.toNanos() / 1e3 / Math.max(1, pieces)));
        return each;
    }

    /** Cores that a process kept busy between the two moments, so long apart. */
    public double cores(String name, Duration span) {
        return taken.getOrDefault(name, Duration.ZERO).toNanos() / (double) Math.max(1, span.toNanos());
    }

    /** What each has taken since it began; nothing where it is gone. */
    public static Map<String, Duration> cpu(Map<String, Long> pids) {
        Map<String, Duration> cpu = new LinkedHashMap<>();
        pids.forEach((name, pid) -> cpu.put(name, cpu(pid)));
        return cpu;
    }

    private static Duration cpu(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO);
    }
}
