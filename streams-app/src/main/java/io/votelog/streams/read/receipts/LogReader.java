// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import io.votelog.schemas.Topics;
import io.votelog.streams.read.problem.Problems;
import io.votelog.web.problem.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads single records of votes by partition and offset. A few consumers serve all requests, and a few threads may wait for
 * each of them; a thread that would have to wait behind those is turned away at once, since the threads that would wait are
 * those that answer from the stores.
 */
final class LogReader implements AutoCloseable {
    /** How many threads may wait for each consumer. */
    private static final int WAITING = 2;

    private final BlockingQueue<Consumer<byte[], byte[]>> idle = new LinkedBlockingQueue<>();
    private final List<Consumer<byte[], byte[]>> all;
    private final Duration timeout;
    private final Semaphore room;

    /**
     * @param consumers how many reads may run at once
     * @param timeout for waiting and reading together
     * @param consumer makes a consumer
     */
    LogReader(int consumers, Duration timeout, Supplier<Consumer<byte[], byte[]>> consumer) {
        this.timeout = timeout;
        this.room = new Semaphore(consumers * (1 + WAITING));
        this.all = Stream.generate(consumer).limit(consumers).toList();
        this.idle.addAll(all);
    }

    /**
     * Reads the record at this position. Blocks.
     *
     * @return empty when there is no record at that offset
     * @throws ProblemException 503 when it took too long, or enough others wait
     */
    Optional<ConsumerRecord<byte[], byte[]>> read(int partition, long offset) {
        if (!room.tryAcquire()) {
            throw Problems.overloaded("As many records of the log are being read as this instance reads at once.")
                    .exception();
        }
        try {
            return readInTime(partition, offset);
        } finally {
            room.release();
        }
    }

    private Optional<ConsumerRecord<byte[], byte[]>> readInTime(int partition, long offset) {
        long end = System.nanoTime() + timeout.toNanos();
        Consumer<byte[], byte[]> consumer = null;
        try {
            consumer = idle.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (consumer == null) {
                throw tooSlow();
            }
            return read(consumer, new TopicPartition(Topics.VOTES.name(), partition), offset, end);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw tooSlow();
        } catch (KafkaException e) {
            throw tooSlow();
        } finally {
            if (consumer != null) {
                idle.add(consumer);
            }
        }
    }

    private static Optional<ConsumerRecord<byte[], byte[]>> read(
            Consumer<byte[], byte[]> consumer, TopicPartition at, long offset, long end) {
        consumer.assign(List.of(at));
        consumer.seek(at, offset);
        while (System.nanoTime() < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                consumer.assign(List.of());
                return record.offset() == offset ? Optional.of(record) : Optional.empty();
            }
        }
        throw tooSlow();
    }

    private static ProblemException tooSlow() {
        return Problems.unavailable("log-slow", "The vote could not be read from the log in time.")
                .exception();
    }

    @Override
    public void close() {
        // A consumer that is in use belongs to its thread. The process is about to end, and the consumer with it.
        for (Consumer<byte[], byte[]> consumer : all) {
            if (idle.remove(consumer)) {
                consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
            }
        }
    }

    static Map<String, Object> settings() {
        return Map.of(
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "none",
                "allow.auto.create.topics",
                false,
                "max.poll.records",
                1,
                // A fetch brings at least one whole batch; the smallest bound makes it bring no more.
                "max.partition.fetch.bytes",
                1024,
                "fetch.max.wait.ms",
                100);
    }
}
