// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.voters;

import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;

/**
 * A store that is told when its task is about to commit: Kafka Streams has caches written then, by {@link #flushCache}, and takes this for
 * a store with one. There is no cache, and at other times there is nothing to write.
 */
public interface WrittenAtCommit extends StateStore, CachedStateStore<byte[], byte[]> {
    @Override
    default void flush() {}

    @Override
    default boolean setFlushListener(CacheFlushListener<byte[], byte[]> listener, boolean sendOldValues) {
        return false;
    }

    @Override
    default void clearCache() {}
}
