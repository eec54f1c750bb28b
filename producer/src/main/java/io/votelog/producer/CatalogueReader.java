package io.votelog.producer;

import io.votelog.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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
 * Follows the ballots topic from its beginning, in a thread of its own and without a consumer group. The application starts when
 * the catalogue has been read up to where the topic ended at that moment.
 */
final class CatalogueReader implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogueReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final TopicPartition BALLOTS = new TopicPartition(Topics.BALLOTS.name(), 0);

    private final Map<String, Object> config;
    private final Catalogue catalogue;
    private final Duration startTimeout;

    private volatile boolean running;
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private volatile @Nullable Thread thread;

    /**
     * @param config of the consumer, without deserializers
     * @param startTimeout how long the first reading may take
     */
    CatalogueReader(Map<String, Object> config, Catalogue catalogue, Duration startTimeout) {
        this.config = config;
        this.catalogue = catalogue;
        this.startTimeout = startTimeout;
    }

    /** Whether the catalogue is being kept up to date. */
    boolean following() {
        Thread reader = thread;
        return running && reader != null && reader.isAlive();
    }

    @Override
    public void start() {
        KafkaConsumer<byte[], byte[]> reading =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer = reading;
        CompletableFuture<Void> upToDate = new CompletableFuture<>();
        Thread reader = new Thread(() -> follow(reading, upToDate), "ballots");
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

    private void follow(Consumer<byte[], byte[]> reading, CompletableFuture<Void> upToDate) {
        try (reading) {
            reading.assign(List.of(BALLOTS));
            reading.seekToBeginning(List.of(BALLOTS));
            long end = reading.endOffsets(List.of(BALLOTS), startTimeout).getOrDefault(BALLOTS, 0L);
            while (running) {
                if (!upToDate.isDone() && reading.position(BALLOTS, startTimeout) >= end) {
                    upToDate.complete(null);
                }
                for (ConsumerRecord<byte[], byte[]> record : reading.poll(POLL)) {
                    catalogue.apply(record.offset(), record.key(), record.value());
                }
            }
        } catch (WakeupException e) {
            LOG.debug("Woken up to stop", e);
        } catch (RuntimeException e) {
            if (upToDate.isDone()) {
                LOG.error("The ballots topic can no longer be followed; this gateway is no longer ready", e);
            }
            upToDate.completeExceptionally(e);
        }
    }

    @Override
    public void stop() {
        running = false;
        Consumer<byte[], byte[]> reading = consumer;
        Thread reader = thread;
        if (reading != null && reader != null) {
            reading.wakeup();
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

    /** Before the web server, which must not answer from a catalogue half read. */
    @Override
    public int getPhase() {
        return 0;
    }
}
