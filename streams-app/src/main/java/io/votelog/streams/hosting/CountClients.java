// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.votelog.schemas.Topics;
import io.votelog.streams.topology.EmitPace;
import io.votelog.streams.topology.voters.OpenStores;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Kafka clients of the count. Its stores of voters are restored from votes, so the consumer that restores is another one: it reads
 * votes from where the store ends, not from the beginning, and Kafka Streams gets the records without a key too, which it leaves out of
 * a restore otherwise. Its admin client tells how far the group has committed, which bounds a standby ({@link SteadyOffsetsAdmin}). The
 * consumer that the count reads with goes on where the tally is, if the group has committed more.
 */
final class CountClients extends TimedClients {
    private static final Logger LOG = LoggerFactory.getLogger(CountClients.class);
    private static final byte[] NO_KEY = {};
    private static final Duration POSITION_WAIT = Duration.ofSeconds(1);
    /** How far Kafka Streams may be ahead of a store: the most records of a partition that it is given and may not put there yet. */
    static final long MAX_AHEAD = 10_000;

    private final OpenStores voters;

    CountClients(OpenStores voters, EmitPace pace) {
        super(pace);
        this.voters = voters;
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return new SteadyOffsetsAdmin(config, System::nanoTime);
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return new Reader(config, voters);
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return new Restorer(config, voters);
    }

    private static boolean isOfVotes(TopicPartition partition) {
        return partition.topic().equals(Topics.VOTES.name());
    }

    /**
     * Reads votes. Brokers that lose power may keep the group's offset and lose the end of the changelog that the tally is restored from.
     * The votes in between are in the log, so the count goes back to them.
     */
    private static final class Reader extends KafkaConsumer<byte[], byte[]> {
        private final OpenStores voters;

        Reader(Map<String, Object> config, OpenStores voters) {
            super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            this.voters = voters;
        }

        /** Polls, and before it does so for a partition whose count begins, has that go on where it is to. */
        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            if (voters.isAnyToGoOn()) {
                Set<TopicPartition> beginning = new HashSet<>(assignment());
                beginning.removeAll(paused());
                for (TopicPartition partition : beginning) {
                    if (isOfVotes(partition) && !goesOn(partition)) {
                        return ConsumerRecords.empty();
                    }
                }
            }
            return super.poll(timeout);
        }

        /** Whether it is known where the partition goes on; not as long as the brokers do not say what the group has committed. */
        private boolean goesOn(TopicPartition partition) {
            long next;
            try {
                next = position(partition, POSITION_WAIT);
            } catch (TimeoutException e) {
                return false;
            }
            voters.leftOutBefore(partition.partition(), next).ifPresent(offset -> {
                LOG.warn(
                        "{}: the group goes on at offset {}, and what is counted ends before it: votes are read again from offset"
                                + " {} on",
                        partition,
                        next,
                        offset);
                seek(partition, offset);
            });
            return true;
        }
    }

    private static final class Restorer extends KafkaConsumer<byte[], byte[]> {
        private final OpenStores voters;
        /** The offset behind the last record of each partition of votes that Kafka Streams was given. */
        private final Map<TopicPartition, Long> handed = new HashMap<>();

        Restorer(Map<String, Object> config, OpenStores voters) {
            super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            this.voters = voters;
        }

        @Override
        public void seekToBeginning(Collection<TopicPartition> partitions) {
            partitions.forEach(handed::remove);
            List<TopicPartition> fromBeginning = new ArrayList<>();
            for (TopicPartition partition : partitions) {
                long next = isOfVotes(partition)
                        ? voters.restoresFrom(partition.partition()).orElse(0)
                        : 0;
                if (next > 0) {
                    super.seek(partition, next);
                } else {
                    fromBeginning.add(partition);
                }
            }
            if (!fromBeginning.isEmpty()) {
                super.seekToBeginning(fromBeginning);
            }
        }

        /**
         * Goes to where the store ends, if that is before this offset: Kafka Streams remembers where it stopped after an orderly end,
         * and the store has less than that where its file was damaged.
         */
        @Override
        public void seek(TopicPartition partition, long offset) {
            if (isOfVotes(partition)
                    && voters.restoresFrom(partition.partition()).orElse(offset) < offset) {
                seekToBeginning(List.of(partition));
            } else {
                handed.remove(partition);
                super.seek(partition, offset);
            }
        }

        /**
         * Polls, but not from partitions of which Kafka Streams has more than it may put into the store yet: it keeps in memory, without a
         * bound, what a standby is given before the group has committed that far.
         */
        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            Set<TopicPartition> paused = paused();
            List<TopicPartition> ahead = assignment().stream()
                    .filter(partition -> !paused.contains(partition) && isAhead(partition))
                    .toList();
            pause(ahead);
            ConsumerRecords<byte[], byte[]> polled;
            try {
                polled = super.poll(timeout);
            } finally {
                resume(ahead);
            }
            if (polled.partitions().stream().noneMatch(CountClients::isOfVotes)) {
                return polled;
            }
            Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new HashMap<>();
            for (TopicPartition partition : polled.partitions()) {
                List<ConsumerRecord<byte[], byte[]>> ofPartition = polled.records(partition);
                if (isOfVotes(partition)) {
                    handed.put(
                            partition, ofPartition.get(ofPartition.size() - 1).offset() + 1);
                    ofPartition = ofPartition.stream().map(Restorer::keyed).toList();
                }
                records.put(partition, ofPartition);
            }
            return new ConsumerRecords<>(records, polled.nextOffsets());
        }

        private boolean isAhead(TopicPartition partition) {
            Long next = handed.get(partition);
            return next != null
                    && next - voters.restoresFrom(partition.partition()).orElse(next) > MAX_AHEAD;
        }

        /** The record, with an empty key if it has none. */
        private static ConsumerRecord<byte[], byte[]> keyed(ConsumerRecord<byte[], byte[]> record) {
            return record.key() != null
                    ? record
                    : new ConsumerRecord<>(
                            record.topic(),
                            record.partition(),
                            record.offset(),
                            record.timestamp(),
                            record.timestampType(),
                            0,
                            record.serializedValueSize(),
                            NO_KEY,
                            record.value(),
                            record.headers(),
                            record.leaderEpoch(),
                            Optional.empty());
        }
    }
}
