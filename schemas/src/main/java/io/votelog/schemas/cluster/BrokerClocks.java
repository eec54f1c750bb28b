// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the brokers' clocks. No answer of Kafka tells a broker's time but the one to a record that it stamps, so empty records are
 * sent to a topic that is there for nothing else, {@value #TOPIC}, with a partition for each broker that there is when it is made. It is no
 * part of the log. Used by one thread at a time.
 */
final class BrokerClocks implements AutoCloseable {
    static final String TOPIC = "votelog.clocks.v1";

    private static final Logger LOG = LoggerFactory.getLogger(BrokerClocks.class);
    private static final Map<String, String> SETTINGS = Map.of(
            "message.timestamp.type",
            "LogAppendTime",
            "cleanup.policy",
            "delete",
            "retention.ms",
            Long.toString(Duration.ofDays(1).toMillis()),
            "retention.bytes",
            Integer.toString(1 << 20),
            "segment.bytes",
            Integer.toString(1 << 20),
            "max.message.bytes",
            "1024");
    private static final int ROUNDS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ClusterReader cluster;
    private final Map<String, Object> clientSettings;
    private @Nullable Producer<byte[], byte[]> producer;

    /** @param clientSettings addresses and credentials, as an administrator has them */
    BrokerClocks(ClusterReader cluster, Map<String, Object> clientSettings) {
        this.cluster = cluster;
        this.clientSettings = clientSettings;
    }

    /** The topic as an administrator creates it in a cluster of that many brokers. */
    static NewTopic newTopic(int brokers) {
        short replicas = (short) Math.min(ClusterRules.CLUSTER_REPLICAS, brokers);
        return new NewTopic(TOPIC, brokers, replicas).configs(SETTINGS);
    }

    /** What is wrong with the brokers' clocks; nothing where there is one broker alone, or too few answer. */
    Optional<Finding> finding() {
        try {
            int brokers = cluster.brokers();
            if (brokers < 2) {
                return Optional.empty();
            }
            if (!cluster.topics().contains(TOPIC)) {
                cluster.create(newTopic(brokers));
            }
            Map<Integer, Integer> leaders = leaders();
            ClockReadings readings = new ClockReadings();
            for (int round = 0; round < ROUNDS; round++) {
                for (Map.Entry<Integer, Integer> partition : leaders.entrySet()) {
                    read(partition.getValue(), partition.getKey(), readings);
                }
            }
            // A record may have been stamped by a leader that came after the one that was known.
            return leaders.equals(leaders()) ? readings.finding() : Optional.empty();
        } catch (UnfitLogException | KafkaException e) {
            Throwable cause = e instanceof UnfitLogException && e.getCause() != null ? e.getCause() : e;
            if (cause instanceof AuthorizationException) {
                return Optional.of(Finding.warning(
                        "the brokers' clocks cannot be compared: this client may not make the topic %s, describe it or write to it"
                                .formatted(TOPIC),
                        "kafka-acls%s --add --allow-principal User:NAME --operation Create --operation Describe --operation DescribeConfigs --operation Write --topic %s"
                                .formatted(cluster.tools(), TOPIC)));
            }
            LOG.debug("the brokers' clocks are not compared this time", e);
            return Optional.empty();
        }
    }

    /** A partition for each broker that leads one, by the partition's number. */
    private Map<Integer, Integer> leaders() {
        Map<Integer, Integer> leaders = new LinkedHashMap<>();
        cluster.leaders(TOPIC).forEach((partition, leader) -> {
            if (!leaders.containsValue(leader)) {
                leaders.put(partition, leader);
            }
        });
        return leaders;
    }

    private void read(int broker, int partition, ClockReadings readings) {
        byte @Nullable [] nothing = null;
        try {
            // Our own time since the first reading goes by a clock that nobody sets.
            long sent = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
            RecordMetadata stamped = producer()
                    .send(new ProducerRecord<>(TOPIC, partition, nothing, new byte[0]))
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            // The nanoseconds were rounded down.
            long acknowledged = TimeUnit.NANOSECONDS.toMillis(System.nanoTime()) + 1;
            readings.add(broker, sent, stamped.timestamp(), acknowledged);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException refused) {
                throw refused;
            }
            LOG.debug("broker {} stamps nothing", broker, e);
        } catch (TimeoutException e) {
            LOG.debug("broker {} stamps nothing", broker, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    private Producer<byte[], byte[]> producer() {
        Producer<byte[], byte[]> open = producer;
        if (open == null) {
            Map<String, Object> settings = new HashMap<>(clientSettings);
            settings.put("client.id", "votelog-clocks");
            settings.put("enable.metrics.push", false);
            settings.put("linger.ms", 0);
            settings.put("acks", "1");
            settings.put("enable.idempotence", false);
            settings.put("buffer.memory", 1L << 20);
            settings.put("max.block.ms", PATIENCE.toMillis());
            settings.put("request.timeout.ms", (int) PATIENCE.toMillis() - 1_000);
            settings.put("delivery.timeout.ms", (int) PATIENCE.toMillis());
            open = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
            producer = open;
        }
        return open;
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
    }
}
