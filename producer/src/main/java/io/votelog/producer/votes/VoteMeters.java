// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.votelog.producer.problem.Problems;
import io.votelog.web.problem.Problem;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The metrics of votes; their names are documented in OPERATING.md. */
final class VoteMeters {
    private final MeterRegistry registry;
    private final Counter accepted;
    private final Timer ackLatency;

    /** Counters of votes that were not recorded, by the problem's code. There are few codes. */
    private final Map<String, Counter> others = new ConcurrentHashMap<>();

    /** The counters of failures are there from the start, with 0: a rate cannot be told from a counter that comes with the first of them. */
    VoteMeters(MeterRegistry registry) {
        this.registry = registry;
        Problems.failuresOfVotes().forEach(code -> others.put(code, counter("failed", code)));
        this.accepted = counter("accepted", "none");
        this.ackLatency = Timer.builder("votelog.votes.ack")
                .description("from the append to the log's acknowledgement")
                .publishPercentileHistogram()
                .register(registry);
    }

    void recorded(long ackNanos) {
        accepted.increment();
        ackLatency.record(ackNanos, TimeUnit.NANOSECONDS);
    }

    void notRecorded(Problem problem) {
        Counter counter = others.get(problem.code());
        if (counter == null) {
            counter = others.computeIfAbsent(
                    problem.code(), code -> counter(problem.status() >= 500 ? "failed" : "refused", code));
        }
        counter.increment();
    }

    private Counter counter(String outcome, String reason) {
        return Counter.builder("votelog.votes")
                .description("votes by what this gateway answered")
                .tags("outcome", outcome, "reason", reason)
                .register(registry);
    }
}
