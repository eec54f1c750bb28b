// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import java.util.stream.LongStream;

/** The seeds of a test that draws its input. */
public final class Seeds {
    private static final long FIRST = 20_211_205;
    private static final int SHARE = 4;

    /** The system property that names the first seed: with {@code -Dvotelog.seed=N} a failed test draws what it drew. */
    private static final String PROPERTY = "votelog.seed";

    private Seeds() {}

    /**
     * As many seeds as are taken by {@code ./mvnw verify -Pall} and outside of Maven; {@code ./mvnw verify} takes the first quarter of them.
     *
     * @param all at least 1
     */
    public static LongStream upTo(int all) {
        long first = Long.getLong(PROPERTY, FIRST);
        return LongStream.range(first, first + (TestsToRun.areAll() ? all : Math.max(1, all / SHARE)));
    }
}
