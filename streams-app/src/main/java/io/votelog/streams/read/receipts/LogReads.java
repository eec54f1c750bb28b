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
 * How often a client address may have a record of the log read for it, which costs a broker's answer, and how many at the same time.
 * Where a ballot did not stand yet, the stores know of no vote, so anybody can have the log read with a receipt that he invented: such
 * reads have a third of the places, and leave the others to those of which the stores know that they may be genuine.
 */
final class LogReads {
    private final RateLimit limit;
    private final int atOnce;
    private final AddressCounts byAddress;
    private final Semaphore beforeBallots;
    private final LimitedRequests limited;
    private final Counter reads;

    /** @param nanoClock as {@link System#nanoTime()} */
    LogReads(ReceiptSettings receipts, LongSupplier nanoClock, MeterRegistry meters) {
        ReceiptSettings.LogReads settings = receipts.logReads();
        this.atOnce = settings.atOnce();
        this.byAddress = new AddressCounts(atOnce);
        // One in three of those that LogReader has room for.
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
     * Reads on behalf of a client.
     *
     * @param client null when it is not to be limited
     * @param beforeBallot whether the ballot did not stand where is read
     * @throws ProblemException 429 when the client has had its share, 503 when others have all that is read before ballots
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
