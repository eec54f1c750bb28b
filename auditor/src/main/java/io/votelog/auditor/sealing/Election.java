// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.sealing;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.Role;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the sealer that seals among several: the member of a consumer group to which the only partition of the topic of seals is assigned.
 * A sealer that ends leaves the group, and the next one is chosen at once; one that dies or stands still as a whole is given up after {@link
 * #SESSION}, and one whose work stands still, on a disk that hangs for instance, gives its place up itself after {@link #HANGS}.
 *
 * <p>The choice is for speed and not for safety: should two sealers believe that they were chosen, the brokers accept the writes of the
 * newer one alone.
 */
final class Election implements AutoCloseable {
    /** A member of which nothing was heard for so long is gone. The brokers allow no less by default ({@code group.min.session.timeout.ms}). */
    static final Duration SESSION = Duration.ofSeconds(6);

    /** A sealer that has not got on for so long hangs. No call to brokers takes longer. */
    static final Duration HANGS = Duration.ofSeconds(60);

    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final LongSupplier work;
    private final PrintStream err;
    private final Thread thread;
    private long done = -1;
    private long doneNanos;
    private boolean out;
    private volatile boolean chosen;
    private volatile boolean closed;
    private volatile @Nullable KafkaException failure;

    /**
     * Joins the group.
     *
     * @param clientSettings of Kafka's clients, with {@code bootstrap.servers}
     * @param work a number that grows while the sealer gets on; read by another thread than its own
     * @param err where it is told that the sealer hangs
     */
    Election(Map<String, Object> clientSettings, LongSupplier work, PrintStream err) {
        this.work = work;
        this.err = err;
        Map<String, Object> settings = new HashMap<>(clientSettings);
        settings.put("group.id", Role.SEALERS_GROUP);
        settings.put("group.protocol", "classic");
        settings.put("session.timeout.ms", Integer.toString((int) SESSION.toMillis()));
        settings.put("heartbeat.interval.ms", "1500");
        settings.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        settings.put("auto.offset.reset", "latest");
        settings.put("enable.auto.commit", "false");
        settings.put("allow.auto.create.topics", "false");
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        thread = new Thread(this::run, "election");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Whether this sealer is the one that seals.
     *
     * @throws AuditException when the brokers refuse the group
     */
    boolean isChosen() {
        KafkaException refused = failure;
        if (refused != null) {
            throw new AuditException(
                    "the group %s cannot be joined, in which one of several sealers is chosen: %s"
                            .formatted(Role.SEALERS_GROUP, Texts.reason(refused)),
                    refused);
        }
        return chosen;
    }

    private void run() {
        try (consumer) {
            join();
            while (!closed) {
                look();
                poll();
            }
        } catch (WakeupException e) {
            // It was closed.
        } catch (KafkaException e) {
            failure = e;
        } finally {
            chosen = false;
        }
    }

    private void join() {
        consumer.subscribe(List.of(Topics.SEALS.name()), new Listener());
    }

    /** Leaves the group while the sealer hangs, so that another one is chosen, and joins it again when it gets on. */
    private void look() {
        long now = work.getAsLong();
        if (now != done) {
            done = now;
            doneNanos = System.nanoTime();
            if (out) {
                out = false;
                err.println("the sealer gets on again, and may be chosen again");
                join();
            }
        } else if (!out && System.nanoTime() - doneNanos > HANGS.toNanos()) {
            out = true;
            err.printf("the sealer has not got on for %d s, so that another one is to seal%n", HANGS.toSeconds());
            consumer.unsubscribe();
            chosen = false;
        }
    }

    private void poll() {
        try {
            if (out) {
                Thread.sleep(POLL.toMillis());
            } else {
                consumer.poll(POLL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        } catch (RetriableException e) {
            // The next poll tries again.
        }
    }

    private final class Listener implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            // Membership alone counts; what stands in the topic is read by others.
            consumer.pause(consumer.assignment());
            chosen = !consumer.assignment().isEmpty();
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            chosen = chosen && partitions.isEmpty();
        }
    }

    /** Leaves the group. */
    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join(SESSION.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
