// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.jspecify.annotations.Nullable;

/**
 * A value for a topic, and the partition of votes that it is about. The record's key does not give that partition, since
 * whoever writes to votes chooses the partition.
 */
record PartitionedValue(int partition, byte @Nullable [] value) {
    /** Sends a value to the partition with the same number, for a topic that has as many partitions as votes. */
    static final StreamPartitioner<byte[], PartitionedValue> SAME_PARTITION =
            (topic, key, value, partitionCount) -> Optional.of(Set.of(value.partition()));

    /** Sends the values of one partition of votes to one partition, for a topic that need not have as many partitions. */
    static final StreamPartitioner<byte[], PartitionedValue> PARTITION_MODULO_COUNT =
            (topic, key, value, partitionCount) -> Optional.of(Set.of(value.partition() % partitionCount));

    /** Writes the value alone, as this serializer does. */
    static Serializer<PartitionedValue> serializer(Serializer<byte[]> values) {
        return new Serializer<>() {
            @Override
            public byte @Nullable [] serialize(String topic, PartitionedValue value) {
                return values.serialize(topic, value.value());
            }

            @Override
            public byte @Nullable [] serialize(String topic, Headers headers, PartitionedValue value) {
                return values.serialize(topic, headers, value.value());
            }
        };
    }
}
