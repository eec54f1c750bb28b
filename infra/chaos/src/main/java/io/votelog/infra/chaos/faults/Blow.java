// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.load.Mark;
import java.time.Duration;
import java.util.Random;
import java.util.function.Predicate;

/**
 * A fault that has happened.
 *
 * @param whom it hit
 * @param lasts how long nobody mends anything
 * @param heal mends it, as an operator or a supervisor would; returns when what was hit says that it is ready
 * @param since from when the time to recover counts
 * @param recovered whether the system does again what the fault may have stopped; asked again and again with the mark of that moment
 */
record Blow(String whom, Duration lasts, Runnable heal, Since since, Predicate<Mark> recovered) {
    /** From when the time to recover counts. */
    enum Since {
        /** The system must get over it by itself. */
        STRIKE,
        /** Nothing can go on before it is mended. */
        HEAL
    }

    /** Votes in all partitions go through, to the results. */
    static boolean votesCount(Mark mark) {
        return mark.acked() && mark.counted();
    }

    /** The same, and the receipts of votes in all partitions tell their verdicts. */
    static boolean votesCountAndAreTold(Mark mark) {
        return votesCount(mark) && mark.told();
    }

    /** A time from {@code least} seconds to {@code most}. */
    static Duration seconds(Random random, int least, int most) {
        return Duration.ofMillis(1_000L * least + random.nextInt(1_000 * (most - least) + 1));
    }
}
