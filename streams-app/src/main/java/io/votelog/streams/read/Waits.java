package io.votelog.streams.read;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.votelog.web.limits.AddressCounts;
import io.votelog.web.limits.IpAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * How many clients wait for a verdict, of all and of each address. A wait is a preference (RFC 7240), so one too many is not refused:
 * its client is answered at once.
 */
final class Waits {
    private final int most;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AddressCounts byAddress;
    private final Counter limited;

    /**
     * @param most of all clients
     * @param mostOfAddress of one address; 0 for no limit
     */
    Waits(int most, int mostOfAddress, MeterRegistry meters) {
        this.most = most;
        this.byAddress = new AddressCounts(mostOfAddress);
        meters.gauge("votelog.receipts.waiting", waiting);
        this.limited = Counter.builder("votelog.requests.limited")
                .tag("limit", "waits")
                .description(
                        "requests that were answered without the wait that they asked for, since there are enough that"
                                + " wait")
                .register(meters);
    }

    /** The one answer while there is room to wait for it, else the other one. */
    <T> Mono<T> wait(@Nullable IpAddress client, Mono<T> waited, Mono<T> atOnce) {
        return Mono.defer(() -> {
            if (client != null && !byAddress.take(client)) {
                limited.increment();
                return atOnce;
            }
            if (waiting.incrementAndGet() > most) {
                end(client);
                limited.increment();
                return atOnce;
            }
            return waited.doFinally(end -> end(client));
        });
    }

    private void end(@Nullable IpAddress client) {
        waiting.decrementAndGet();
        if (client != null) {
            byAddress.giveBack(client);
        }
    }
}
