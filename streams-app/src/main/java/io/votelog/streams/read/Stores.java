package io.votelog.streams.read;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.config.StreamsBuilderFactoryBean;
import org.springframework.stereotype.Component;

/** The stores of this instance, while it has them. */
@Component
final class Stores {
    private final StreamsBuilderFactoryBean factory;

    Stores(StreamsBuilderFactoryBean factory) {
        this.factory = factory;
    }

    /** @throws InvalidStateStoreException before the start and behind the end */
    KafkaStreams streams() {
        @Nullable KafkaStreams streams = factory.getKafkaStreams();
        if (streams == null) {
            throw new InvalidStateStoreException("Kafka Streams is not started");
        }
        return streams;
    }

    /**
     * A store that every instance has whole.
     *
     * @throws InvalidStateStoreException while this instance starts
     */
    ReadOnlyKeyValueStore<String, byte[]> global(String name) {
        return streams().store(StoreQueryParameters.fromNameAndType(name, QueryableStoreTypes.keyValueStore()));
    }

    /**
     * The keys of a store that every instance has whole.
     *
     * @throws InvalidStateStoreException while this instance starts
     */
    List<String> keys(String name) {
        List<String> keys = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> rows = global(name).all()) {
            rows.forEachRemaining(row -> keys.add(row.key));
        }
        return keys;
    }

    /**
     * One partition of a store, when this instance is the one that processes it.
     *
     * @throws InvalidStateStoreException when it is not, or not yet
     */
    <K> ReadOnlyKeyValueStore<K, byte[]> local(String name, int partition) {
        return streams()
                .store(StoreQueryParameters.fromNameAndType(name, QueryableStoreTypes.<K, byte[]>keyValueStore())
                        .withPartition(partition));
    }

    /**
     * One partition of a store as this instance has it: in use, or restored and followed behind the one that is.
     *
     * @throws InvalidStateStoreException when it has none
     */
    <K> ReadOnlyKeyValueStore<K, byte[]> copy(String name, int partition) {
        return streams()
                .store(StoreQueryParameters.fromNameAndType(name, QueryableStoreTypes.<K, byte[]>keyValueStore())
                        .withPartition(partition)
                        .enableStaleStores());
    }
}
