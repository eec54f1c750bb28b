// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

/**
 * The settings of this gateway's Kafka clients that nobody may change: each method has them replace what {@code spring.kafka.*} says under
 * the same names, and leaves all others as they are configured. Two times that both producers have where none is configured are here as
 * well. What nobody may change of a topic is in {@code schemas.Topics}.
 */
public final class FixedKafkaSettings {
    private FixedKafkaSettings() {}

    /** The settings of the producer of votes. */
    public static Map<String, Object> ofVotes(KafkaProperties kafka) {
        Map<String, Object> config = ofProducer(kafka, "votelog-producer-votes");
        // A send must not block, since event loops send. Known metadata does not last for ever: a client that has lost
        // every broker forgets it and bootstraps anew (KIP-899, on by default since Kafka 4.0).
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0);
        return config;
    }

    /** The settings of the producer of ballots and control records. Its sends are waited for, so their times are bounded here. */
    static Map<String, Object> ofControlRecords(KafkaProperties kafka) {
        Map<String, Object> config = ofProducer(kafka, "votelog-producer-control");
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 8_000);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 3_000);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
        return config;
    }

    /** The settings of the consumer that reads the catalogue. It is told its positions, has no group, and takes bytes. */
    static Map<String, Object> ofCatalogue(KafkaProperties kafka) {
        Map<String, Object> config = new HashMap<>(kafka.buildConsumerProperties());
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, "votelog-producer-ballots");
        config.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        config.remove(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG);
        config.remove(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);
        return config;
    }

    private static Map<String, Object> ofProducer(KafkaProperties kafka, String clientId) {
        Map<String, Object> config = new HashMap<>(kafka.buildProducerProperties());
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
        config.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        // The topic's metadata must not be forgotten in a quiet hour, since the next send would have to wait for them.
        config.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, Duration.ofDays(365).toMillis());
        // Acknowledged means that all in-sync replicas have it (law 2).
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        // A record is written once, and in no transaction, so that offsets are dense (law 1).
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        // And once alone. Of two batches of a partition under way, the client numbers the second anew where it gives up
        // the first, though the
        // broker may have it already (KAFKA-14034, KAFKA-14397).
        config.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        config.putIfAbsent(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 50);
        config.putIfAbsent(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        return config;
    }
}
