// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Simulates the whole count, history by history, and has every law checked after each: the seeds first that ever failed, then those from
 * {@code votelog.seed} on, {@code votelog.simulation.histories} of them or as many as {@code votelog.simulation.minutes} have room for.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SimulationTest {
    private static final String THAT_FAILED = "seeds-that-failed.txt";
    private static final long FIRST = Long.getLong("votelog.seed", 20_211_205L);
    private static final long HISTORIES = Long.getLong("votelog.simulation.histories", 1_500);
    private static final long MINUTES = Long.getLong("votelog.simulation.minutes", 0);
    /** In so many histories every fault comes about. */
    private static final long ENOUGH = 1_000;

    @TempDir
    Path folder;

    @Test
    @Order(1)
    void shouldKeepEveryLawInHistoriesThatFailedOnce() throws IOException {
        Simulation simulation = new Simulation(folder, false);
        long[] seeds = seedsThatFailed();
        for (long seed : seeds) {
            simulation.run(seed);
        }
        assertThat(simulation.histories()).isEqualTo(seeds.length).isPositive();
    }

    private static long[] seedsThatFailed() throws IOException {
        try (InputStream list = SimulationTest.class.getResourceAsStream(THAT_FAILED)) {
            return new String(list.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray();
        }
    }

    @Test
    @Order(2)
    void shouldKeepEveryLaw() {
        Simulation simulation = new Simulation(folder, false);
        long end = System.nanoTime() + Duration.ofMinutes(MINUTES).toNanos();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long cpuNanos = threads.getCurrentThreadCpuTime();
        for (long seed = FIRST; MINUTES > 0 ? System.nanoTime() < end : seed < FIRST + HISTORIES; seed++) {
            simulation.run(seed);
        }
        double seconds = (threads.getCurrentThreadCpuTime() - cpuNanos) / 1e9;
        System.out.printf(
                "Simulation: the %d seeds from %d on, %d steps, in %.1f s of a core: %.0f histories a second%n",
                simulation.histories(), FIRST, simulation.steps(), seconds, simulation.histories() / seconds);
        Map<String, Integer> met = simulation.met();
        met.forEach((fault, times) -> System.out.printf("  %7d times %s%n", times, fault));
        if (simulation.histories() >= ENOUGH) {
            assertThat(met)
                    .containsKeys(
                            "a commit of one that is fenced",
                            "a commit of tasks that move, which fails",
                            "a commit of the count that fails",
                            "a commit of the merge that fails",
                            "a gap in the log",
                            "a kill behind a commit",
                            "a kill in a commit that fails",
                            "a merge of one that is fenced",
                            "a merge that begins anew",
                            "a restore that ends too soon",
                            "a task that moves",
                            "an instance that stands still",
                            "offsets of the count that are lost",
                            "offsets of the merge that are lost",
                            "tallies that are compacted",
                            "voters are cut to n of n bytes",
                            "voters are lost",
                            "voters are those of another log",
                            "voters are those of another partition",
                            "voters are those of before, or of another instance",
                            "voters have another byte",
                            "voters have zeros at n of n");
        }
    }

    /** Brokers that let everybody read what was never committed break laws, and the shortest history that shows it is told. */
    @Test
    @Order(3)
    void shouldFindBrokersThatShowWhatWasNeverCommitted() {
        Simulation simulation = new Simulation(folder, true);
        assertThatThrownBy(() -> LongStream.range(0, 100).forEach(simulation::run))
                .isInstanceOf(AssertionError.class)
                .hasCauseInstanceOf(LawBroken.class)
                .hasMessageMatching("(?s)seed \\d+, after \\d+ of \\d+ steps: .*\\R  \\d partitions, \\d instances.*");
    }
}
