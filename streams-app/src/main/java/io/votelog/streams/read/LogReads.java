package io.votelog.streams.read;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.votelog.web.limits.IpAddress;
import io.votelog.web.limits.RateLimit;
import io.votelog.web.limits.TokenBuckets;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** How often a client address may have a record of the log read for it, which costs a broker's answer. */
final class LogReads {
    private final RateLimit limit;
    private final Counter limited;
    private final Counter reads;

    /** @param nanoClock as {@link System#nanoTime()} */
    LogReads(ReceiptSettings.LogReads settings, LongSupplier nanoClock, MeterRegistry meters) {
        this.limit = new RateLimit(
                "log-reads",
                "of receipts that only the log can tell of, the address that this request comes from",
                settings.rate(),
                settings.burst(),
                nanoClock);
        this.limited = Counter.builder("votelog.requests.limited")
                .tag("limit", limit.name())
                .description("requests that were refused since their address had more than its share")
                .register(meters);
        this.reads = Counter.builder("votelog.receipts.log.reads")
                .description("records of the log that were read to tell of a receipt")
                .register(meters);
    }

    /**
     * Takes a token of the client's.
     *
     * @param client null when it is not to be limited
     * @throws ProblemException 429 when there is none
     */
    void require(@Nullable IpAddress client) {
        if (client != null && limit.isOn()) {
            TokenBuckets.Draw draw = limit.take(client);
            if (!draw.granted()) {
                limited.increment();
                throw ProblemException.tooManyRequests(limit, draw);
            }
        }
        reads.increment();
    }
}
