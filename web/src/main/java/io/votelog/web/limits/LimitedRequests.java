// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.limits;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.atomic.LongAdder;

/** Counts the requests that got less than they asked for by a limit ({@code votelog.requests.limited}). */
public final class LimitedRequests implements MeterBinder {
    private final String limit;
    private final LongAdder count = new LongAdder();

    /** @param limit its name, as the metric's tag has it */
    public LimitedRequests(String limit) {
        this.limit = limit;
    }

    /** The same, shown in a registry from the beginning. */
    public static LimitedRequests in(MeterRegistry registry, String limit) {
        LimitedRequests limited = new LimitedRequests(limit);
        limited.bindTo(registry);
        return limited;
    }

    /** Counts one more. */
    public void increment() {
        count.increment();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder("votelog.requests.limited", count, LongAdder::sum)
                .tag("limit", limit)
                .description(
                        "requests that were refused, or answered without the wait that they asked for, since a limit"
                                + " was reached")
                .register(registry);
    }
}
