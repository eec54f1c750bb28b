// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import java.net.URI;
import java.time.Duration;

/**
 * What is to be sent.
 *
 * @param gateway where to
 * @param connections how many, each with at most one request under way
 * @param rate votes a second, however fast they are answered; 0 for as many as the connections get through
 * @param warmup sent before anything is measured
 * @param measured for how long it is measured then
 * @param firstVoter who votes first; the next ones follow
 * @param voters at most so many vote; where they run out, the run ends
 * @param answerTimeout when a connection is given up whose answer does not come
 * @param patience with a given rate: when a vote is given up for which no connection was free
 * @param retryAfter when a vote that was put off, or whose outcome is unknown, is sent again; zero for never
 */
public record Load(
        URI gateway,
        int connections,
        double rate,
        Duration warmup,
        Duration measured,
        int firstVoter,
        int voters,
        Duration answerTimeout,
        Duration patience,
        Duration retryAfter) {
    static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
    static final Duration PATIENCE = Duration.ofSeconds(1);

    /** As many votes as the connections get through. */
    public static Load closed(
            URI gateway, int connections, Duration warmup, Duration measured, int firstVoter, int voters) {
        return new Load(
                gateway, connections, 0, warmup, measured, firstVoter, voters, ANSWER_TIMEOUT, PATIENCE, Duration.ZERO);
    }

    /** Votes at a constant rate. */
    public static Load open(
            URI gateway, int connections, double rate, Duration warmup, Duration measured, int firstVoter) {
        return new Load(
                gateway,
                connections,
                rate,
                warmup,
                measured,
                firstVoter,
                (int) Math.ceil(rate * (warmup.plus(measured).toNanos() / 1e9)) + 1,
                ANSWER_TIMEOUT,
                PATIENCE,
                Duration.ZERO);
    }

    /** The same, where a vote that was put off, or whose outcome is unknown, is sent again after so long; zero for never. */
    public Load retrying(Duration after) {
        return new Load(
                gateway, connections, rate, warmup, measured, firstVoter, voters, answerTimeout, patience, after);
    }

    /** Whether votes come at a given rate, however fast they are answered. */
    public boolean open() {
        return rate > 0;
    }
}
