// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

/**
 * The settings of the Kafka producers that write to the log: a record is acknowledged when all in-sync replicas have it, and is
 * written once.
 */
public final class LogProducers {
    private LogProducers() {}

    /**
     * The settings of a producer. Those that no configuration may change are put in last.
     *
     * @param clientId the producer's name for brokers and metrics
     */
    public static Map<String, Object> config(KafkaProperties kafka, String clientId) {
        Map<String, Object> config = new HashMap<>(kafka.buildProducerProperties());
        config.putIfAbsent(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 50);
        config.putIfAbsent(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
        config.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        // The topic's metadata must not be forgotten in a quiet hour, since the next send would have to wait for them.
        config.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, Duration.ofDays(365).toMillis());
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        return config;
    }
}
