// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.ForwardingAdmin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An admin client that does not believe at once that a group's committed offset has gone or has gone back. A coordinator may say so for a
 * moment, and Kafka Streams ends a thread that has a standby of that partition, whose limit must not go back. It is told that the answer
 * took too long, on which it asks again soon.
 */
final class SteadyOffsetsAdmin extends ForwardingAdmin {
    /** An answer that stays the same for so long is believed. */
    static final Duration DOUBT = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(SteadyOffsetsAdmin.class);

    private final LongSupplier nanoTime;
    private final Map<Place, Known> known = new HashMap<>();

    private record Place(String group, TopicPartition partition) {}

    /**
     * What was committed.
     *
     * @param doubtedAt when an answer first said less, in nanoseconds of the clock; null when the latest answer did not
     */
    private record Known(long offset, @Nullable Long doubtedAt) {}

    /**
     * A client that knows nothing yet.
     *
     * @param nanoTime the clock, as {@link System#nanoTime}
     */
    SteadyOffsetsAdmin(Map<String, Object> config, LongSupplier nanoTime) {
        super(config);
        this.nanoTime = nanoTime;
    }

    /** As Kafka's, but it waits for the answer, and throws a {@link TimeoutException} when it is not to be believed yet. */
    @Override
    public ListConsumerGroupOffsetsResult listConsumerGroupOffsets(
            Map<String, ListConsumerGroupOffsetsSpec> groups, ListConsumerGroupOffsetsOptions options) {
        ListConsumerGroupOffsetsResult result = super.listConsumerGroupOffsets(groups, options);
        for (String group : groups.keySet()) {
            try {
                check(group, result.partitionsToOffsetAndMetadata(group).get());
            } catch (ExecutionException failed) {
                LOG.debug("the offsets of {} are not to be had", group, failed);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return result;
    }

    /** Does nothing: Kafka's forwarding client refuses to have metrics pushed to brokers. Those of Kafka Streams are the registry's. */
    @Override
    public void registerMetricForSubscription(KafkaMetric metric) {}

    @Override
    public void unregisterMetricFromSubscription(KafkaMetric metric) {}

    private synchronized void check(String group, Map<TopicPartition, @Nullable OffsetAndMetadata> committed) {
        String doubted = null;
        for (Map.Entry<TopicPartition, @Nullable OffsetAndMetadata> answer : committed.entrySet()) {
            Place place = new Place(group, answer.getKey());
            OffsetAndMetadata said = answer.getValue();
            Known before = known.get(place);
            if (before != null && (said == null || said.offset() < before.offset()) && isDoubted(place, before)) {
                doubted = "%s had committed %d of %s, and %s now"
                        .formatted(group, before.offset(), place.partition(), said == null ? "nothing" : said.offset());
            } else if (said == null) {
                known.remove(place);
            } else {
                known.put(place, new Known(said.offset(), null));
            }
        }
        if (doubted != null) {
            LOG.info("{}: Kafka Streams asks again", doubted);
            throw new TimeoutException(doubted);
        }
    }

    private boolean isDoubted(Place place, Known before) {
        long now = nanoTime.getAsLong();
        Long doubtedAt = before.doubtedAt();
        if (doubtedAt == null) {
            known.put(place, new Known(before.offset(), now));
            return true;
        }
        return now - doubtedAt < DOUBT.toNanos();
    }
}
