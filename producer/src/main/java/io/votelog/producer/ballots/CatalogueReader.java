// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import io.votelog.schemas.Topics;
import io.votelog.schemas.registry.RegistryForm;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Follows the ballots topic from its beginning, in a thread of its own and without a consumer group. The application's start
 * waits until the catalogue has all records that the topic had at that moment. A later failure is told by {@link #failure};
 * reading is tried again, from the catalogue's position, until it succeeds.
 */
final class CatalogueReader implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogueReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final TopicPartition BALLOTS = new TopicPartition(Topics.BALLOTS.name(), 0);

    private final Map<String, Object> config;
    private final Catalogue catalogue;
    private final VotePartitions partitions;
    private final Duration startTimeout;
    private final CountDownLatch stopped = new CountDownLatch(1);

    private volatile boolean running;
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private volatile @Nullable Thread thread;
    private volatile @Nullable String failure;
    private volatile long failures;

    /**
     * @param config the consumer's settings, without deserializers
     * @param startTimeout how long the first reading up to the topic's end may take
     */
    CatalogueReader(Map<String, Object> config, Catalogue catalogue, VotePartitions partitions, Duration startTimeout) {
        this.config = config;
        this.catalogue = catalogue;
        this.partitions = partitions;
        this.startTimeout = startTimeout;
    }

    /** Whether the catalogue is being kept up to date. */
    boolean following() {
        Thread reader = thread;
        return running && reader != null && reader.isAlive() && failure == null;
    }

    /** Why the topic cannot be read at the moment; empty while it can. */
    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** How often reading has failed since the start. */
    long failures() {
        return failures;
    }

    @Override
    public void start() {
        CompletableFuture<Void> upToDate = new CompletableFuture<>();
        Thread reader = new Thread(() -> follow(upToDate), "ballots");
        reader.setDaemon(true);
        thread = reader;
        running = true;
        reader.start();
        try {
            upToDate.get(startTimeout.toMillis(), TimeUnit.MILLISECONDS);
            LOG.info("The catalogue holds {} ballots", catalogue.all().size());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
            throw new IllegalStateException("interrupted while reading the ballots topic", e);
        } catch (ExecutionException | TimeoutException e) {
            stop();
            throw new IllegalStateException(
                    "the ballots topic could not be read within " + startTimeout.toSeconds() + " s", e);
        }
    }

    private void follow(CompletableFuture<Void> upToDate) {
        Duration pause = FIRST_PAUSE;
        while (running) {
            long before = catalogue.position();
            try (Consumer<byte[], byte[]> reading =
                    new KafkaConsumer<>(config, new ByteArrayDeserializer(), RegistryForm.deserializer())) {
                consumer = reading;
                read(reading, upToDate);
            } catch (WakeupException e) {
                LOG.debug("Woken up to stop", e);
            } catch (Throwable e) {
                // Errors are caught too: if this thread ended silently, the gateway would not hear of new ballots or of
                // their ends.
                failure = e.toString();
                failures++;
                if (!upToDate.isDone()) {
                    upToDate.completeExceptionally(e);
                    return;
                }
                pause = catalogue.position() > before ? FIRST_PAUSE : pause.multipliedBy(2);
                pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
                LOG.error(
                        "The ballots topic cannot be followed and this gateway is not ready; tried again in {} ms",
                        pause.toMillis(),
                        e);
            }
            awaitStop(pause);
        }
    }

    private void read(Consumer<byte[], byte[]> reading, CompletableFuture<Void> upToDate) {
        reading.assign(List.of(BALLOTS));
        if (catalogue.position() == 0) {
            reading.seekToBeginning(List.of(BALLOTS));
        } else {
            reading.seek(BALLOTS, catalogue.position());
        }
        long end = reading.endOffsets(List.of(BALLOTS), startTimeout).getOrDefault(BALLOTS, 0L);
        while (running) {
            if (reading.position(BALLOTS, startTimeout) >= end) {
                upToDate.complete(null);
            }
            for (ConsumerRecord<byte[], byte[]> record : reading.poll(POLL)) {
                catalogue.apply(record.offset(), record.key(), record.value());
            }
            catalogue.votesHave(partitions.now());
            if (failure != null && reading.position(BALLOTS, startTimeout) >= end) {
                failure = null;
            }
        }
    }

    private void awaitStop(Duration atMost) {
        try {
            if (running && !stopped.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("Trying again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            running = false;
        }
    }

    @Override
    public void stop() {
        running = false;
        stopped.countDown();
        Consumer<byte[], byte[]> reading = consumer;
        Thread reader = thread;
        if (reading != null) {
            reading.wakeup();
        }
        if (reader != null) {
            try {
                reader.join(5_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** It starts before the web server, which must not answer from a half-read catalogue. */
    @Override
    public int getPhase() {
        return 0;
    }
}
