// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real stores, as Kafka Streams makes them. */
final class RocksDbMemoryTest {
    private static final int MIB = 1 << 20;
    private static final int ROW_BYTES = 1024;

    @TempDir
    Path dir;

    @Test
    void shouldBoundAllStoresTogether() {
        RocksDbMemory memory = new RocksDbMemory(16 * MIB);
        long most = 0;
        List<TopologyTestDriver> drivers = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                drivers.add(driver(memory, i));
            }
            Random random = new Random(7);
            byte[] row = new byte[ROW_BYTES];
            // 64 MiB in all, which are read again while more is written.
            for (int key = 0; key < 16 * MIB / ROW_BYTES; key++) {
                for (TopologyTestDriver driver : drivers) {
                    KeyValueStore<byte[], byte[]> store = driver.getKeyValueStore("rows");
                    random.nextBytes(row);
                    store.put(key(key), row);
                    store.get(key(random.nextInt(key + 1)));
                }
                most = Math.max(most, memory.usedBytes());
            }
            assertThat(most).as("bytes at most").isBetween(4L * MIB, 20L * MIB);

            drivers.remove(0).close();
            assertThat(drivers.get(0).<byte[], byte[]>getKeyValueStore("rows").get(key(1)))
                    .as("the others go on with what they share")
                    .hasSize(ROW_BYTES);
        } finally {
            drivers.forEach(TopologyTestDriver::close);
        }
    }

    private static byte[] key(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    private TopologyTestDriver driver(RocksDbMemory memory, int number) {
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "rocks-" + number);
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        config.put(StreamsConfig.STATE_DIR_CONFIG, dir.toString());
        config.putAll(memory.streamsConfig());
        ProcessorSupplier<byte[], byte[], Void, Void> nothing = () -> new Processor<>() {
            @Override
            public void process(Record<byte[], byte[]> input) {
                // The test writes the store itself.
            }
        };
        Topology topology = new Topology()
                .addSource("in", new ByteArrayDeserializer(), new ByteArrayDeserializer(), "in")
                .addProcessor("keep", nothing, "in")
                .addStateStore(
                        Stores.keyValueStoreBuilder(
                                        Stores.persistentKeyValueStore("rows"), Serdes.ByteArray(), Serdes.ByteArray())
                                .withLoggingDisabled(),
                        "keep");
        return new TopologyTestDriver(topology, config);
    }
}
