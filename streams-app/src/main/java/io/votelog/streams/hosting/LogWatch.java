// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.votelog.events.BallotResults;
import io.votelog.schemas.cluster.UnfitLogException;
import io.votelog.streams.topology.voters.VotesTopic;
import io.votelog.web.cluster.WatchThreads;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Checks at intervals whether the topic of votes is still the one that it was when this instance started, and does not end before what
 * is counted, also while no votes come in. Health and metrics show what is wrong with the log. Readiness does not go down with it, since results go on: their
 * readers must be told, and an operator must look.
 */
final class LogWatch implements VotesTopic, HealthIndicator, MeterBinder, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogWatch.class);

    private final Supplier<Uuid> askTopicId;
    private final IntToLongFunction startOf;
    private final IntToLongFunction endOf;
    private final Supplier<Collection<BallotResults>> results;
    private final ScheduledExecutorService scheduler = WatchThreads.named("votelog-log-watch");

    private @Nullable Uuid first;
    private volatile @Nullable Uuid newest;
    private volatile boolean replaced;
    private volatile @Nullable String cut;

    /**
     * A watch that does not check by itself yet.
     *
     * @param askTopicId asks the cluster for the topic's id
     * @param startOf asks the cluster for the offset of a partition's first record
     * @param endOf asks the cluster for the end offset of a partition
     * @param results gives the newest results of all ballots
     */
    LogWatch(
            Supplier<Uuid> askTopicId,
            IntToLongFunction startOf,
            IntToLongFunction endOf,
            Supplier<Collection<BallotResults>> results) {
        this.askTopicId = askTopicId;
        this.startOf = startOf;
        this.endOf = endOf;
        this.results = results;
    }

    /** Starts to check at this interval. */
    LogWatch checkEvery(Duration period) {
        scheduler.scheduleWithFixedDelay(this::check, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
        return this;
    }

    void check() {
        try {
            id();
            if (cut == null && !replaced) {
                lookAtEnds();
            }
        } catch (UnfitLogException away) {
            LOG.debug("the cluster does not say which topic votes is", away);
        } catch (RuntimeException e) {
            LOG.warn("the look at which topic votes is failed, and is taken again", e);
        }
    }

    /** Notices a partition that ends before what committed results have counted of it. */
    private void lookAtEnds() {
        Map<Integer, Long> counted = new TreeMap<>();
        for (BallotResults of : results.get()) {
            of.getPositions()
                    .forEach(position -> counted.merge(position.getPartition(), position.getNextOffset(), Math::max));
        }
        for (Map.Entry<Integer, Long> position : counted.entrySet()) {
            long end = endOf.applyAsLong(position.getKey());
            if (end < position.getValue()) {
                String what =
                        "partition %d of votes ends at offset %d, and %d offsets of it are counted: votes are lost"
                                .formatted(position.getKey(), end, position.getValue());
                cut = what;
                LOG.error(
                        "{}. What is counted stays, and new votes in their places are not counted; a restart stops",
                        what);
                return;
            }
        }
    }

    @Override
    public Uuid id() {
        return remember(askTopicId.get());
    }

    private synchronized Uuid remember(Uuid id) {
        if (first == null) {
            first = id;
        } else if (!first.equals(id) && !replaced) {
            replaced = true;
            LOG.error(
                    "votes was deleted and made anew under this instance: the topic's id was {} and is {}. What was"
                            + " counted does not stand in the log any more; a restart stops",
                    first,
                    id);
        }
        newest = id;
        return id;
    }

    @Override
    public @Nullable Uuid lastSeenId() {
        return newest;
    }

    @Override
    public long startOffset(int partition) {
        return startOf.applyAsLong(partition);
    }

    @Override
    public long endOffset(int partition) {
        return endOf.applyAsLong(partition);
    }

    private long most(ToLongFunction<BallotResults> count) {
        return results.get().stream().mapToLong(count).max().orElse(0);
    }

    @Override
    public Health health() {
        Health.Builder health = Health.up()
                .withDetail("missingOffsets", most(BallotResults::getMissing))
                .withDetail("replacedRecords", most(BallotResults::getReplaced));
        if (replaced) {
            health.withDetail("topic", "votes was deleted and made anew under this instance");
        }
        String lost = cut;
        if (lost != null) {
            health.withDetail("cut", lost);
        }
        return health.build();
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        Gauge.builder("votelog.log.topic.replaced", this, watch -> watch.replaced ? 1 : 0)
                .description("1 when votes was deleted and made anew under this instance")
                .register(meters);
        Gauge.builder("votelog.log.cut", this, watch -> watch.cut == null ? 0 : 1)
                .description("1 when votes was found to end before what is counted")
                .register(meters);
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
