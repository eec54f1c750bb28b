// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.workspace;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** The figure that is given of several rounds. */
public final class Median {
    private Median() {}

    /**
     * The middle one of the rounds' figures, the lower one of the two where they are even in number.
     *
     * @param rounds at least one
     */
    public static <T> double of(List<T> rounds, ToDoubleFunction<T> figure) {
        double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
        return sorted[(sorted.length - 1) / 2];
    }
}
