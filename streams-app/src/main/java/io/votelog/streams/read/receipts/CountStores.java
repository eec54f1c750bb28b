// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import io.votelog.streams.topology.rows.StoreNames;
import io.votelog.streams.topology.voters.VotersView;
import java.util.function.Function;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The stores of the counting application in this instance, while it has them. */
@Component
final class CountStores {
    private final CountingStreams counting;

    CountStores(CountingStreams counting) {
        this.counting = counting;
    }

    /**
     * Finds the instances that hold the voters of this key's partition.
     *
     * @throws InvalidStateStoreException while this instance does not count, since it then does not know the others' stores
     */
    KeyQueryMetadata holders(byte[] key, StreamPartitioner<byte[], byte[]> partitioner) {
        return ask(streams -> streams.queryMetadataForKey(StoreNames.VOTERS, key, partitioner));
    }

    /**
     * The voters of a partition that this instance processes.
     *
     * @throws InvalidStateStoreException when it does not process the partition, or not yet
     */
    VotersView active(int partition) {
        return ask(streams -> streams.store(voters(partition)));
    }

    /**
     * The voters of a partition as this instance has them: active, or as a standby that follows the active one.
     *
     * @throws InvalidStateStoreException when it has neither
     */
    VotersView activeOrStandby(int partition) {
        return ask(streams -> streams.store(voters(partition).enableStaleStores()));
    }

    private static StoreQueryParameters<VotersView> voters(int partition) {
        return StoreQueryParameters.fromNameAndType(StoreNames.VOTERS, VotersView.TYPE)
                .withPartition(partition);
    }

    /**
     * Translates the exception of a Kafka Streams that has failed or is being stopped to the one that it throws while it
     * starts.
     */
    private <T> T ask(Function<KafkaStreams, T> question) {
        @Nullable KafkaStreams streams = counting.current();
        if (streams == null || !streams.state().isRunningOrRebalancing()) {
            throw new InvalidStateStoreException("this instance does not count now");
        }
        try {
            return question.apply(streams);
        } catch (IllegalStateException ended) {
            throw new InvalidStateStoreException("this instance does not count any more", ended);
        }
    }
}
