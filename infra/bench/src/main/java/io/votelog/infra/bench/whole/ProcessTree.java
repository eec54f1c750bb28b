// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** A process with all processes below it, of which some may have ended: PostgreSQL has one for each connection and each chore. */
final class ProcessTree {
    /** Clock ticks of {@code /proc}, which are the same on every Linux that a JVM runs on. */
    private static final long TICK_NS = 10_000_000;
    // Fields 16 and 17 of proc(5), where the first one behind the name is field 3.
    private static final int CHILDREN_USER = 13;
    private static final int CHILDREN_SYSTEM = 14;

    private ProcessTree() {}

    /** CPU time, user and system, that they have taken since they began. */
    static Duration cpu(ProcessHandle top) {
        return Stream.concat(Stream.of(top), top.descendants())
                .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(ended(top), Duration::plus);
    }

    private static Duration ended(ProcessHandle top) {
        Path file = Path.of("/proc/%d/stat".formatted(top.pid()));
        try {
            return Files.exists(file) ? ended(Files.readString(file, StandardCharsets.ISO_8859_1)) : Duration.ZERO;
        } catch (IOException e) {
            return Duration.ZERO;
        }
    }

    /** What a process's children have taken that have ended, of its line in {@code /proc/<pid>/stat}. */
    static Duration ended(String stat) {
        // A name is in brackets and may hold any of them, and spaces.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Duration.ofNanos(
                (Long.parseLong(fields[CHILDREN_USER]) + Long.parseLong(fields[CHILDREN_SYSTEM])) * TICK_NS);
    }
}
