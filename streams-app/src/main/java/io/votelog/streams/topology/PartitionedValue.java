// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.jspecify.annotations.Nullable;

/**
 * A record's value and the partition of votes that it tells of. A record's key does not say where it stood: whoever writes to
 * votes chooses the partition.
 */
record PartitionedValue(int partition, byte @Nullable [] value) {
    static final Serializer<PartitionedValue> SERIALIZER = (topic, placed) -> placed.value();

    /** Into the very partition, for a topic that has as many as votes. */
    static final StreamPartitioner<byte[], PartitionedValue> SAME_PARTITION =
            (topic, key, placed, partitionCount) -> Optional.of(Set.of(placed.partition()));

    /** One partition for each of votes, for a topic that need not have as many. */
    static final StreamPartitioner<byte[], PartitionedValue> PARTITION_MODULO_COUNT =
            (topic, key, placed, partitionCount) -> Optional.of(Set.of(placed.partition() % partitionCount));
}
