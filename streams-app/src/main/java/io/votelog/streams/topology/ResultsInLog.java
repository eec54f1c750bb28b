package io.votelog.streams.topology;

import io.votelog.events.BallotResults;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the newest results of each ballot. Results of an older version or revision never take the place of newer ones. */
final class ResultsInLog implements Processor<byte[], byte[], Void, Void> {
    private static final Logger LOG = LoggerFactory.getLogger(ResultsInLog.class);

    private final Consumer<BallotResults> onResults;

    private KeyValueStore<String, byte[]> store;

    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else.
    ResultsInLog(Consumer<BallotResults> onResults) {
        this.onResults = onResults;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        this.store = context.getStateStore(StoreNames.RESULTS);
    }

    @Override
    public void process(Record<byte[], byte[]> input) {
        try {
            BallotResults results = Events.decode(input.value(), BallotResults.class);
            String ballotId = new String(input.key(), StandardCharsets.UTF_8);
            if (!goesBack(results, store.get(ballotId))) {
                store.put(ballotId, input.value());
                onResults.accept(results);
            }
        } catch (MalformedEventException e) {
            LOG.warn("a record of results is left out: {}", e.getMessage());
        }
    }

    /** Whether these results are of an older version or revision than those that stand. */
    static boolean goesBack(BallotResults results, byte @Nullable [] standing) throws MalformedEventException {
        if (standing == null) {
            return false;
        }
        BallotResults known = Events.decode(standing, BallotResults.class);
        return results.getVersion() < known.getVersion() || results.getRevision() < known.getRevision();
    }
}
