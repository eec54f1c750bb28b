// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import io.micrometer.core.instrument.MeterRegistry;
import io.votelog.streams.read.problem.Problems;
import io.votelog.web.limits.AddressCounts;
import io.votelog.web.limits.IpAddress;
import io.votelog.web.limits.LimitedRequests;
import io.votelog.web.problem.ProblemException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Limits how many streams are read from this instance: in all, and by each client address. */
@Component
final class ReaderLimit {
    private static final int RETRY_AFTER_SECONDS = 5;

    private final int most;
    private final int mostOfAddress;
    private final AtomicInteger count = new AtomicInteger();
    private final AddressCounts byAddress;
    private final LimitedRequests limited;

    ReaderLimit(ResultsSettings settings, MeterRegistry meters) {
        this.most = settings.maxReaders();
        this.mostOfAddress = settings.maxReadersPerAddress();
        this.byAddress = new AddressCounts(mostOfAddress);
        meters.gauge("votelog.results.readers", count);
        this.limited = LimitedRequests.in(meters, "streams");
    }

    /**
     * Counts one more reader.
     *
     * @param client the reader's address; null when it is not to be limited
     * @return an action to run once, when the reader has gone
     * @throws ProblemException 429 when the address has as many readers as it may, 503 when the instance has
     */
    Runnable add(@Nullable IpAddress client) {
        if (!byAddress.take(client)) {
            limited.increment();
            throw Problems.tooManyRequests(
                            "The address that this request comes from may read %d streams at once"
                                    .formatted(mostOfAddress),
                            RETRY_AFTER_SECONDS)
                    .exception();
        }
        Runnable gone = () -> {
            count.decrementAndGet();
            byAddress.giveBack(client);
        };
        if (count.incrementAndGet() > most) {
            gone.run();
            throw Problems.unavailable(
                            "too-many-readers",
                            "%d streams are being read, which is this instance's limit.".formatted(most))
                    .exception();
        }
        return gone;
    }
}
