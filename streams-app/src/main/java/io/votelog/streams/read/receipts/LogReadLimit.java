// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.votelog.streams.read.problem.Problems;
import io.votelog.web.limits.AddressCounts;
import io.votelog.web.limits.IpAddress;
import io.votelog.web.limits.LimitedRequests;
import io.votelog.web.limits.RateLimit;
import io.votelog.web.limits.TokenBuckets;
import io.votelog.web.problem.ProblemException;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits how often one client address may have a record of the log read, which costs a broker's answer, and how many such reads
 * run at once. For offsets before a ballot's beginning the stores know of no vote, so anybody could have the log read with an
 * invented receipt. Such reads may use a third of the places; the others are for reads that, by the stores, may concern a
 * genuine receipt.
 */
final class LogReadLimit {
    private final RateLimit limit;
    private final int atOnce;
    private final AddressCounts byAddress;
    private final Semaphore beforeBallots;
    private final LimitedRequests limited;
    private final Counter reads;

    /** @param nanoClock as {@link System#nanoTime()} */
    LogReadLimit(ReceiptSettings receipts, LongSupplier nanoClock, MeterRegistry meters) {
        ReceiptSettings.LogReads settings = receipts.logReads();
        this.atOnce = settings.atOnce();
        this.byAddress = new AddressCounts(atOnce);
        // One in three of the places that LogReader has.
        this.beforeBallots = new Semaphore(receipts.logReaders());
        this.limit = new RateLimit(
                "log-reads",
                "of receipts that only the log can tell of, the address that this request comes from",
                settings.rate(),
                settings.burst(),
                nanoClock);
        this.limited = LimitedRequests.in(meters, limit.name());
        this.reads = Counter.builder("votelog.receipts.log.reads")
                .description("records of the log that were read to tell of a receipt")
                .register(meters);
    }

    /**
     * Reads on behalf of a client, if its limit allows it.
     *
     * @param client the client's address; null when it is not to be limited
     * @param beforeBallot whether the offset is before the ballot's beginning
     * @throws ProblemException 429 when the client has used up its share, 503 when all places for reads before ballots are
     *     taken
     */
    <T> T read(@Nullable IpAddress client, boolean beforeBallot, Supplier<T> read) {
        if (!byAddress.take(client)) {
            limited.increment();
            throw Problems.tooManyRequests(
                            "The address that this request comes from may have %d records of the log read at once"
                                    .formatted(atOnce),
                            1)
                    .exception();
        }
        try {
            if (beforeBallot && !beforeBallots.tryAcquire()) {
                throw Problems.overloaded(
                                "As many records from before ballots are being read as this instance reads at once.")
                        .exception();
            }
            try {
                takeToken(client);
                return read.get();
            } finally {
                if (beforeBallot) {
                    beforeBallots.release();
                }
            }
        } finally {
            byAddress.giveBack(client);
        }
    }

    private void takeToken(@Nullable IpAddress client) {
        if (client != null && limit.isOn()) {
            TokenBuckets.Draw draw = limit.take(client);
            if (!draw.granted()) {
                limited.increment();
                throw Problems.tooManyRequests(limit, draw).exception();
            }
        }
        reads.increment();
    }
}
