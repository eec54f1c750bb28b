// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.votelog.schemas.Topic;
import io.votelog.streams.topology.BrokerTime;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

/**
 * The settings of Kafka Streams and its clients that nobody may change by {@code spring.kafka.*}: they replace what is configured there under
 * the same names; all others stay as they are configured. Those that an operator may choose come from {@link StreamsSettings}. What nobody
 * may change of a topic is in {@code schemas.Topics}.
 */
final class FixedKafkaSettings {
    private static final int MIB = 1 << 20;
    private static final int BATCH_BYTES = 1 << 16;
    private static final long POLL_MS = 10;

    private static final int LONGEST_BETWEEN_POLLS_MS = 60_000;

    /** The shortest interval that Kafka Streams allows. */
    private static final long PROBING_MS = 60_000;

    private FixedKafkaSettings() {}

    /**
     * The settings that both Kafka Streams of this process have in common.
     *
     * @param replicas of each topic of the log, and so of each changelog
     */
    static Map<String, Object> of(
            KafkaProperties kafka, KafkaConnectionDetails connection, StreamsSettings settings, int replicas) {
        Map<String, Object> config = new HashMap<>(kafka.buildStreamsProperties());
        config.put(
                StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, connection.getStreams().getBootstrapServers());
        config.put(
                StreamsConfig.STATE_DIR_CONFIG,
                settings.stateDir().toAbsolutePath().toString());
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        // KIP-1071 ignores a client's standby setting and cannot update a topology yet.
        config.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
        config.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                settings.commitInterval().toMillis());
        // A thread that has no records to read looks at its timers at this interval.
        config.put(StreamsConfig.POLL_MS_CONFIG, POLL_MS);
        Integer standbys = settings.standbyReplicas();
        config.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, standbys != null ? standbys : replicas >= 3 ? 1 : 0);
        // The broker's default is never used: it may be 1 in a cluster of three.
        config.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, replicas);
        config.put(
                StreamsConfig.topicPrefix(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG),
                Integer.toString(Topic.minInsyncReplicas(replicas)));
        // Changelog batches are not compressed, so the broker's bound on a batch bounds what a restore unpacks too.
        config.put(StreamsConfig.topicPrefix(TopicConfig.COMPRESSION_TYPE_CONFIG), "uncompressed");
        // An instance that has caught up as a standby gets its tasks at the next probing rebalance.
        config.put(StreamsConfig.PROBING_REBALANCE_INTERVAL_MS_CONFIG, PROBING_MS);
        config.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
        config.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
        config.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, BrokerTime.class);

        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        config.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6_000);
        // A thread that hangs as it ends (KAFKA-20721, mended in Kafka 4.4) would hold its group for five minutes: its
        // member goes on to
        // send heartbeats. Nothing that a thread does between two polls takes long; state is restored beside it.
        config.put(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG), LONGEST_BETWEEN_POLLS_MS);
        // The other members learn from their next heartbeat that a dead member's partitions are to be assigned anew.
        config.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 500);
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), 2 * MIB);
        // The bound is for one answer of a broker, over all its partitions; each consumer may hold two such answers.
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), 16 * MIB);
        // The open transaction of a crashed instance holds back its successor and all readers of committed records, so
        // it must end soon.
        config.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 4_000);
        config.put(StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all");
        // What a commit sends to a partition fits into a few batches. Kafka's default, 16 KiB, holds some 70 verdicts.
        config.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), BATCH_BYTES);
        // A dead letter has the record as it came (key, value and headers, up to 1 MiB each) and the cause.
        config.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), 3 * MIB);
        return config;
    }
}
