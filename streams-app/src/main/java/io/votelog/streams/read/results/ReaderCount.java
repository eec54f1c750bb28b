// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.votelog.streams.read.problem.ProblemException;
import io.votelog.web.limits.AddressCounts;
import io.votelog.web.limits.IpAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** How many streams are being read from this instance, by all and by each client address. */
@Component
final class ReaderCount {
    private static final int RETRY_AFTER_SECONDS = 5;

    private final int most;
    private final int mostOfAddress;
    private final AtomicInteger count = new AtomicInteger();
    private final AddressCounts byAddress;
    private final Counter limited;

    ReaderCount(ResultsSettings settings, MeterRegistry meters) {
        this.most = settings.maxReaders();
        this.mostOfAddress = settings.maxReadersPerAddress();
        this.byAddress = new AddressCounts(mostOfAddress);
        meters.gauge("votelog.results.readers", count);
        this.limited = Counter.builder("votelog.requests.limited")
                .tag("limit", "streams")
                .description("requests that were refused since their address had more than its share")
                .register(meters);
    }

    /**
     * Counts one more.
     *
     * @param client the reader's address; null when it is not to be limited
     * @return what to run once, when the reader has gone
     * @throws ProblemException 429 when the address has as many as it may, 503 when there are as many as there may be
     */
    Runnable oneMore(@Nullable IpAddress client) {
        if (!byAddress.take(client)) {
            limited.increment();
            throw ProblemException.tooManyRequests(
                    "The address that this request comes from may read %d streams at once".formatted(mostOfAddress),
                    RETRY_AFTER_SECONDS);
        }
        Runnable gone = () -> {
            count.decrementAndGet();
            byAddress.giveBack(client);
        };
        if (count.incrementAndGet() > most) {
            gone.run();
            throw ProblemException.unavailable(
                    "too-many-readers", "%d streams are being read, which is this instance's limit.".formatted(most));
        }
        return gone;
    }
}
