// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.simulation;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Runs histories, one a seed, and tells of a seed that fails the shortest beginning of its history that fails too. */
final class Simulation {
    private final Path folder;
    private final boolean faultyBrokers;
    private final Map<String, Integer> met = new TreeMap<>();
    private long histories;
    private long steps;

    /**
     * @param folder where histories have their files, while they run
     * @param faultyBrokers whether the brokers show what was never committed
     */
    Simulation(Path folder, boolean faultyBrokers) {
        this.folder = folder;
        this.faultyBrokers = faultyBrokers;
    }

    /**
     * Runs the history of a seed.
     *
     * @throws AssertionError when a law does not hold, or something is thrown that stops the count
     */
    void run(long seed) {
        History whole = history(seed, Integer.MAX_VALUE, false);
        if (failure(whole) == null) {
            whole.met().forEach((what, times) -> met.merge(what, times, Integer::sum));
            histories++;
            steps += whole.steps();
            return;
        }
        for (int most = 0; most <= whole.steps(); most++) {
            History shorter = history(seed, most, true);
            Throwable failure = failure(shorter);
            if (failure != null) {
                throw new AssertionError(
                        "seed %d, after %d of %d steps: %s%n  %s"
                                .formatted(
                                        seed,
                                        most,
                                        whole.steps(),
                                        failure.getMessage(),
                                        String.join(System.lineSeparator() + "  ", shorter.told())),
                        failure);
            }
        }
        throw new AssertionError(
                "seed %d fails now and then, and every history has to come of its seed".formatted(seed));
    }

    private History history(long seed, int most, boolean telling) {
        return new History(seed, most, folder.resolve("history"), faultyBrokers, telling);
    }

    private Throwable failure(History history) {
        try {
            history.run();
            return null;
        } catch (RuntimeException | AssertionError failure) {
            return failure;
        } finally {
            History.remove(folder.resolve("history"));
        }
    }

    /** The faults that came about in histories without a failure, and how often. */
    Map<String, Integer> met() {
        return met;
    }

    long histories() {
        return histories;
    }

    /** All steps of these histories. */
    long steps() {
        return steps;
    }
}
