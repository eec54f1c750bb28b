// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** A running system that takes votes by HTTP and counts them. */
interface Contestant {
    /** Where votes go. */
    URI url();

    /** Returns when all votes are counted that have been answered. */
    void awaitCounted();

    Counts counts();

    /** CPU time that its processes have taken since they began, by what they are called. */
    Map<String, Duration> cpu();
}
