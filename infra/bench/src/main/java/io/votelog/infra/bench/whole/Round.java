// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import io.votelog.infra.bench.workspace.Median;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One round of a row.
 *
 * @param perSecond votes that were acknowledged and counted, by the time from the first request until all of them were counted
 * @param drainSeconds of that time, what passed after the last answer
 * @param cpu microseconds each of these votes took, by process
 */
record Round(double perSecond, double drainSeconds, Map<String, Double> cpu) {
    /**
     * The medians of what processes took, as a table has them.
     *
     * @param rounds microseconds by process, of at least one round
     */
    static String cpu(List<Map<String, Double>> rounds) {
        return String.join(
                ", ",
                rounds.get(0).keySet().stream()
                        .map(name -> String.format(
                                Locale.ROOT, "%s %.1f", name, Median.of(rounds, cpu -> cpu.getOrDefault(name, 0.0))))
                        .toList());
    }
}
