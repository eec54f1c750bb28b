// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.util.stream.LongStream;

/**
 * Seeds for tests with random input: two that stay and one that is new in each run. A failure names its seed;
 * {@code -Dvotelog.seed=N} runs that one alone.
 */
final class Seeds {
    private Seeds() {}

    static LongStream seeds() {
        Long given = Long.getLong("votelog.seed");
        return given == null ? LongStream.of(1, 2021, System.nanoTime()) : LongStream.of(given);
    }
}
