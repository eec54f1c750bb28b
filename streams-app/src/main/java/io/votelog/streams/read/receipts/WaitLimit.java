// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import io.micrometer.core.instrument.MeterRegistry;
import io.votelog.web.limits.AddressCounts;
import io.votelog.web.limits.IpAddress;
import io.votelog.web.limits.LimitedRequests;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Limits how many clients wait for a verdict: in all, of each address, and at other instances. A wait is a preference (RFC
 * 7240), so a client beyond the limit is not refused but answered at once.
 */
final class WaitLimit {
    private final int most;
    private final int mostElsewhere;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger elsewhere = new AtomicInteger();
    private final AddressCounts byAddress;
    private final LimitedRequests limited;

    /**
     * @param most how many clients may wait
     * @param mostElsewhere how many of them may wait at other instances
     * @param mostOfAddress how many clients of one address may wait; 0 for no limit
     */
    WaitLimit(int most, int mostElsewhere, int mostOfAddress, MeterRegistry meters) {
        this.most = most;
        this.mostElsewhere = mostElsewhere;
        this.byAddress = new AddressCounts(mostOfAddress);
        meters.gauge("votelog.receipts.waiting", waiting);
        this.limited = LimitedRequests.in(meters, "waits");
    }

    /** The answer with a wait if there is room for one more, else the answer without. */
    <T> Mono<T> wait(@Nullable IpAddress client, Mono<T> waited, Mono<T> atOnce) {
        return Mono.defer(() -> {
            if (!byAddress.take(client)) {
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

    /** The same for an answer that another instance makes. */
    <T> Mono<T> waitElsewhere(@Nullable IpAddress client, Mono<T> waited, Mono<T> atOnce) {
        return wait(
                client,
                Mono.defer(() -> {
                    if (elsewhere.incrementAndGet() > mostElsewhere) {
                        elsewhere.decrementAndGet();
                        limited.increment();
                        return atOnce;
                    }
                    return waited.doFinally(end -> elsewhere.decrementAndGet());
                }),
                atOnce);
    }

    private void end(@Nullable IpAddress client) {
        waiting.decrementAndGet();
        byAddress.giveBack(client);
    }
}
