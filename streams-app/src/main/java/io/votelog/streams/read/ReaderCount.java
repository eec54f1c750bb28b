package io.votelog.streams.read;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Component;

/** How many streams are being read from this instance. */
@Component
final class ReaderCount {
    private final AtomicInteger count = new AtomicInteger();

    ReaderCount(MeterRegistry meters) {
        meters.gauge("votelog.results.readers", count);
    }

    AtomicInteger count() {
        return count;
    }
}
