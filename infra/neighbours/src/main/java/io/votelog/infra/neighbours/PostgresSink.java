// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.neighbours;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Copies verdicts and results into PostgreSQL. Each is there exactly once: rows are found by key, and the offsets that were read are
 * written in the same transaction as the rows, so that a process that was killed goes on where its last transaction ended. It keeps no offsets in Kafka.
 */
public final class PostgresSink {
    private static final Duration POLL = Duration.ofSeconds(1);

    private PostgresSink() {}

    /**
     * Runs until it is stopped. It ends with 1 where it cannot go on, and says why; started again, it goes on.
     *
     * @param args a file with the settings of Kafka's consumer, {@code bootstrap.servers} among them; the folder {@code
     *     schemas/src/main/resources/io/votelog/schemas/history}; the address of the database, {@code jdbc:postgresql://…}
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 3) {
            System.err.println(
                    "usage: PostgresSink KAFKA.PROPERTIES SCHEMAS jdbc:postgresql://HOST/DATABASE?user=USER");
            System.exit(2);
        }
        try (Connection database = DriverManager.getConnection(args[2]);
                KafkaConsumer<byte[], byte[]> consumer = consumer(Path.of(args[0]))) {
            run(consumer, new SinkTables(database, Path.of(args[1])));
        } catch (SQLException | SinkException | KafkaException e) {
            System.err.println("PostgresSink ends: " + e.getMessage());
            System.exit(1);
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Path file) throws IOException {
        Properties settings = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            settings.load(in);
        }
        // Verdicts and results are written in transactions, and nothing may be passed over in silence.
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        // A topic that the broker makes by itself has settings with which no gateway starts.
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static void run(KafkaConsumer<byte[], byte[]> consumer, SinkTables tables) throws SQLException {
        List<TopicPartition> all = new ArrayList<>();
        for (String topic : SinkTables.TOPICS) {
            List<PartitionInfo> partitions = consumer.partitionsFor(topic);
            if (partitions.isEmpty()) {
                throw new SinkException(
                        "there is no topic %s: start a gateway and a streams-app first".formatted(topic));
            }
            partitions.forEach(partition -> all.add(new TopicPartition(topic, partition.partition())));
        }
        consumer.assign(all);
        for (Map.Entry<TopicPartition, Long> beginning :
                consumer.beginningOffsets(all).entrySet()) {
            TopicPartition partition = beginning.getKey();
            OptionalLong known = tables.position(partition.topic(), partition.partition());
            consumer.seek(partition, known.orElse(beginning.getValue()));
            if (known.isEmpty()) {
                tables.begin(partition.topic(), partition.partition(), beginning.getValue());
            }
        }
        tables.commit();
        while (true) {
            copy(poll(consumer), tables);
        }
    }

    private static ConsumerRecords<byte[], byte[]> poll(KafkaConsumer<byte[], byte[]> consumer) {
        try {
            return consumer.poll(POLL);
        } catch (OffsetOutOfRangeException e) {
            throw new SinkException(
                    "the topics lack the offsets at which it was to go on, %s: they are of another log than the rows. Take the schema votelog of the database away and start again"
                            .formatted(e.offsetOutOfRangePartitions()));
        }
    }

    private static void copy(ConsumerRecords<byte[], byte[]> records, SinkTables tables) throws SQLException {
        for (TopicPartition partition : records.partitions()) {
            for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                try {
                    tables.put(record.topic(), record.partition(), record.value());
                } catch (IOException | RuntimeException e) {
                    throw new SinkException(
                            "%s-%d@%d cannot be read: %s. Is the folder of schemas as new as the system?"
                                    .formatted(record.topic(), record.partition(), record.offset(), e));
                }
            }
        }
        // Behind the last record there may be the marks of transactions, so the consumer says where it goes on.
        for (Map.Entry<TopicPartition, OffsetAndMetadata> next :
                records.nextOffsets().entrySet()) {
            tables.advance(
                    next.getKey().topic(),
                    next.getKey().partition(),
                    next.getValue().offset());
        }
        tables.commit();
    }

    /** Why it cannot go on. */
    static final class SinkException extends RuntimeException {
        private static final long serialVersionUID = 1;

        SinkException(String message) {
            super(message);
        }
    }
}
