// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.votelog.schemas.cluster.UnfitLogException;
import io.votelog.web.cluster.WatchThreads;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows for how long votes of a partition have waited without the count having gone on there. A count that is behind and goes on is
 * not among them, however far behind it is. How many records wait is a metric.
 */
final class UncountedVotes implements MeterBinder, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UncountedVotes.class);

    private final Supplier<Map<Integer, Long>> counted;
    private final Supplier<Map<Integer, Long>> ends;
    private final Duration least;
    private final Map<Integer, Waiting> waiting = new ConcurrentHashMap<>();

    /** A thread of its own, since a question about a partition that no broker leads waits for its answer. */
    private final ScheduledExecutorService scheduler = WatchThreads.named("votelog-votes-watch");

    private volatile @Nullable MultiGauge gauge;

    /** A partition whose votes have waited at this offset since this time. */
    private record Waiting(int partition, long offset, long sinceNanos) {}

    /**
     * One that does not look by itself yet.
     *
     * @param counted asks for the offset up to which each partition is counted; of one without an offset nothing is
     * @param ends asks for the offset at which each partition ends
     * @param least how long votes wait at least before that is told
     */
    UncountedVotes(Supplier<Map<Integer, Long>> counted, Supplier<Map<Integer, Long>> ends, Duration least) {
        this.counted = counted;
        this.ends = ends;
        this.least = least;
    }

    /** Starts to look at this interval. */
    UncountedVotes lookEvery(Duration period) {
        scheduler.scheduleWithFixedDelay(
                () -> look(System.nanoTime()), period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
        return this;
    }

    void look(long nowNanos) {
        try {
            // Asked for first: what is counted later is not taken for less than there is.
            Map<Integer, Long> ended = ends.get();
            Map<Integer, Long> upTo = counted.get();
            note(upTo, ended, nowNanos);
            tell(upTo, ended);
        } catch (UnfitLogException away) {
            LOG.debug("the cluster does not say how far votes is counted", away);
        } catch (RuntimeException e) {
            LOG.warn("the look at how far votes is counted failed, and is taken again", e);
        }
    }

    private void note(Map<Integer, Long> upTo, Map<Integer, Long> ended, long nowNanos) {
        ended.forEach((partition, end) -> {
            long offset = upTo.getOrDefault(partition, 0L);
            Waiting before = waiting.get(partition);
            if (offset >= end) {
                waiting.remove(partition);
            } else if (before == null || before.offset() != offset) {
                waiting.put(partition, new Waiting(partition, offset, nowNanos));
            }
        });
    }

    private void tell(Map<Integer, Long> upTo, Map<Integer, Long> ended) {
        MultiGauge told = gauge;
        if (told != null) {
            told.register(
                    ended.entrySet().stream()
                            .<MultiGauge.Row<?>>map(end -> MultiGauge.Row.of(
                                    Tags.of("partition", Integer.toString(end.getKey())),
                                    Math.max(0, end.getValue() - upTo.getOrDefault(end.getKey(), 0L))))
                            .toList(),
                    true);
        }
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        gauge = MultiGauge.builder("votelog.log.uncounted.records")
                .description("Records of a partition of votes that the count has not committed, as of the last look")
                .register(meters);
    }

    /** The partition whose votes have waited longest, in words, where they have waited so long. */
    Optional<String> waiting(long nowNanos) {
        return waiting.values().stream()
                .min(Comparator.comparingLong(each -> each.sinceNanos() - nowNanos))
                .filter(longest -> nowNanos - longest.sinceNanos() >= least.toNanos())
                .map(longest -> "votes of partition %d wait, and the count does not go on from offset %d"
                        .formatted(longest.partition(), longest.offset()));
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
