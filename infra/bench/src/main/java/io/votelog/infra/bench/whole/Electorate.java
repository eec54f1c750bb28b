// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import io.votelog.infra.bench.load.Load;
import io.votelog.infra.bench.load.LoadGenerator;
import io.votelog.infra.bench.load.LoadReport;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.voters.TokenAlgorithm;
import java.time.Duration;

/** Those who vote in one running system, each of them once, and what they were told. */
final class Electorate {
    private static final int WARMUP_CONNECTIONS = 4;
    private static final int GUESSED_RATE = 60_000;

    private final Contestant contestant;
    private final TestSystem system;
    private final LoadGenerator generator;
    private final int connections;
    private final Acknowledged acknowledged = new Acknowledged();
    private int next;

    /** @param connections over which they vote */
    Electorate(Contestant contestant, TestSystem system, LoadGenerator generator, int connections) {
        this.contestant = contestant;
        this.system = system;
        this.generator = generator;
        this.connections = connections;
    }

    Contestant contestant() {
        return contestant;
    }

    Acknowledged acknowledged() {
        return acknowledged;
    }

    /** Over few connections first, so that the compiler gets a share of the cores, and then over all; each for that long. */
    void warmUp(Duration length) {
        if (length.isZero()) {
            return;
        }
        vote(Math.min(WARMUP_CONNECTIONS, connections), length, LoadGenerator.Span.IGNORED);
        vote(connections, length, LoadGenerator.Span.IGNORED);
        contestant.awaitCounted();
    }

    /** As many votes as the connections get through. */
    LoadReport vote(Duration length, LoadGenerator.Span span) {
        return vote(connections, length, span);
    }

    private LoadReport vote(int over, Duration length, LoadGenerator.Span span) {
        int voters = Math.toIntExact(GUESSED_RATE * length.toSeconds());
        return run(Load.closed(contestant.url(), over, Duration.ZERO, length, next, voters), span);
    }

    /** Votes at a constant rate. */
    LoadReport voteAt(double rate, Duration length, LoadGenerator.Span span) {
        return run(Load.open(contestant.url(), connections, rate, Duration.ZERO, length, next), span);
    }

    private LoadReport run(Load load, LoadGenerator.Span span) {
        LoadReport report = generator.run(
                load,
                system.requests(load.gateway(), TokenAlgorithm.HS256, load.firstVoter(), load.voters()),
                acknowledged,
                span);
        next += report.voters();
        if (report.ranOut() && !load.open()) {
            System.err.println("ended early, the tokens ran out");
        }
        return report;
    }

    /**
     * Holds what was counted against what they were told.
     *
     * @param who the system, as the table has it
     */
    void requireCounted(String who) {
        acknowledged.require(who, contestant.counts(), system.ballot(), system.votes());
    }
}
