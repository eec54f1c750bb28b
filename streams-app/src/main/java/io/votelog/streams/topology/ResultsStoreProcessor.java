// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.BallotResults;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.registry.RegistryForm;
import io.votelog.streams.topology.rows.StoreNames;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the newest results of each ballot in the global store. Older results never replace newer ones (law 10). */
final class ResultsStoreProcessor implements Processor<byte[], byte[], Void, Void> {
    private static final Logger LOG = LoggerFactory.getLogger(ResultsStoreProcessor.class);

    private final Consumer<BallotResults> onResults;

    private KeyValueStore<String, byte[]> store;

    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else.
    ResultsStoreProcessor(Consumer<BallotResults> onResults) {
        this.onResults = onResults;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        this.store = context.getStateStore(StoreNames.RESULTS);
    }

    @Override
    public void process(Record<byte[], byte[]> input) {
        // A deserializer could not do this: Kafka Streams 4.2 gives it no headers when it fills a global store at the
        // start.
        byte[] value = RegistryForm.toSingleObject(input.value(), input.headers());
        try {
            BallotResults results = Events.decode(value, BallotResults.class);
            String ballotId = results.getBallotId();
            if (!Arrays.equals(input.key(), ballotId.getBytes(StandardCharsets.UTF_8))
                    || !ResultsAge.isSound(results)) {
                LOG.warn("a record of results is left out: its key or its version is not that of its content");
            } else if (!goesBack(results, store.get(ballotId))) {
                store.put(ballotId, value);
                onResults.accept(results);
            }
        } catch (MalformedEventException e) {
            LOG.warn("a record of results is left out: {}", e.getMessage());
        }
    }

    /** Whether these results are older than those in the store. */
    static boolean goesBack(BallotResults results, byte @Nullable [] standing) throws MalformedEventException {
        return standing != null && ResultsAge.goesBack(Events.decode(standing, BallotResults.class), results);
    }
}
