// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.count;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

/**
 * A main class that runs a Kafka Streams topology with the guarantees, threads, commit interval, fetch and batch sizes of streams-app, so that
 * what differs is the topology. Its arguments: the topology's name, bootstrap servers, application id, state directory.
 */
public final class StreamsPeer {
    private static final int MIB = 1 << 20;

    private StreamsPeer() {}

    public static void main(String[] args) throws InterruptedException {
        Topology topology =
                switch (args[0]) {
                    case "pass-through" -> PassThrough.topology();
                    case "textbook" -> Textbook.topology();
                    default -> throw new IllegalArgumentException("no topology is called " + args[0]);
                };
        Properties config = new Properties();
        config.putAll(Map.ofEntries(
                Map.entry(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[1]),
                Map.entry(StreamsConfig.APPLICATION_ID_CONFIG, args[2]),
                Map.entry(StreamsConfig.STATE_DIR_CONFIG, args[3]),
                Map.entry(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2),
                Map.entry(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100),
                Map.entry(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2),
                Map.entry(StreamsConfig.POLL_MS_CONFIG, 10),
                Map.entry(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1),
                Map.entry(StreamsConfig.topicPrefix("compression.type"), "uncompressed"),
                Map.entry(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class),
                Map.entry(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class),
                Map.entry(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest"),
                Map.entry(StreamsConfig.consumerPrefix("max.partition.fetch.bytes"), 2 * MIB),
                Map.entry(StreamsConfig.consumerPrefix("fetch.max.bytes"), 16 * MIB),
                Map.entry(StreamsConfig.producerPrefix("acks"), "all"),
                Map.entry(StreamsConfig.producerPrefix("batch.size"), 1 << 16),
                Map.entry(StreamsConfig.producerPrefix("max.request.size"), 3 * MIB)));
        CountDownLatch end = new CountDownLatch(1);
        KafkaStreams streams = new KafkaStreams(topology, config);
        streams.setUncaughtExceptionHandler(failure -> {
            failure.printStackTrace();
            end.countDown();
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
        streams.start();
        end.await();
        System.exit(1);
    }
}
