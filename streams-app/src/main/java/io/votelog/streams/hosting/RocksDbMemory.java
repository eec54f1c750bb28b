// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * The memory that all RocksDB stores of this process share: one cache for blocks, indexes and filters, to which the buffers of
 * unwritten data are charged as well. A store with memory of its own would take some 100 MB.
 *
 * <p>The bound is not strict. Under a strict bound RocksDB fails a read that finds the cache full of blocks in use, and a
 * failed read ends a thread of the count; a few blocks beyond the bound do no harm.
 */
final class RocksDbMemory implements MeterBinder {
    private static final String CONFIG_KEY = "votelog.rocksdb.memory";
    private static final double INDEX_SHARE = 0.2;
    private static final long LEAST_BUFFER_BYTES = 1 << 20;
    private static final long LARGEST_BUFFER_BYTES = 16 << 20;
    private static final int BUFFERS_OF_A_STORE = 3;

    private final long bytes;
    private final Cache cache;
    private final WriteBufferManager buffers;

    /** @param bytes for all stores together */
    RocksDbMemory(long bytes) {
        RocksDB.loadLibrary();
        this.bytes = bytes;
        this.cache = new LRUCache(bytes, -1, false, INDEX_SHARE);
        this.buffers = new WriteBufferManager(bytes / 2, cache);
    }

    /** The settings by which the stores of Kafka Streams use this memory. */
    Map<String, Object> streamsConfig() {
        return Map.of(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, Shared.class, CONFIG_KEY, this);
    }

    /** The bytes in use now. */
    long usedBytes() {
        return cache.getUsage();
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        Gauge.builder("votelog.rocksdb.memory", this, RocksDbMemory::usedBytes)
                .description("Memory of all RocksDB stores of this instance: cached blocks and what is not written yet")
                .baseUnit("bytes")
                .register(meters);
        Gauge.builder("votelog.rocksdb.memory.max", this, memory -> memory.bytes)
                .description("The bound of that memory, votelog.streams.rocksdb-memory")
                .baseUnit("bytes")
                .register(meters);
    }

    private void use(Options options) {
        BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(cache);
        table.setCacheIndexAndFilterBlocks(true);
        table.setCacheIndexAndFilterBlocksWithHighPriority(true);
        table.setPinTopLevelIndexAndFilter(true);
        options.setTableFormatConfig(table);
        options.setWriteBufferManager(buffers);
        options.setMaxWriteBufferNumber(BUFFERS_OF_A_STORE);
        options.setWriteBufferSize(Math.max(LEAST_BUFFER_BYTES, Math.min(LARGEST_BUFFER_BYTES, bytes / 16)));
    }

    /**
     * Applies the shared memory to one store; Kafka Streams makes an instance for each. The memory outlives all stores, so no
     * store closes it.
     */
    public static final class Shared implements RocksDBConfigSetter {
        @Override
        public void setConfig(String storeName, Options options, Map<String, Object> configs) {
            Objects.requireNonNull((RocksDbMemory) configs.get(CONFIG_KEY)).use(options);
        }

        @Override
        public void close(String storeName, Options options) {
            // The store has nothing of its own here that would need closing.
        }
    }
}
