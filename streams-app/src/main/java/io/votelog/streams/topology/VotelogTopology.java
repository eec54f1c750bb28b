// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.BallotResults;
import io.votelog.events.PartitionTurnout;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.Topics;
import io.votelog.schemas.registry.SchemaIds;
import io.votelog.streams.topology.rows.StoreNames;
import io.votelog.streams.topology.rows.TallyKey;
import io.votelog.streams.topology.voters.OpenStores;
import io.votelog.streams.topology.voters.VotersStore;
import io.votelog.streams.topology.voters.VotesTopic;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The two Kafka Streams topologies: counting (decide, tally) and results (merge, and the global stores). What decides and counts is
 * in the processors; this class names them, their topics and their stores.
 */
public final class VotelogTopology {
    /** The interval at which results are sent where nobody asks for another. */
    public static final Duration RESULTS_INTERVAL = Duration.ofMillis(100);

    private final LogKeys keys;
    private final VotesTopic votesTopic;
    private final EmitPace pace;
    private final Duration mergePhase;
    private final Consumer<BallotResults> onResults;
    private final Consumer<PartitionTurnout> onTurnout;
    private final BiConsumer<String, byte[]> onBallots;
    private final VerdictListener listener;
    private final SchemaIds schemas;
    private final OpenStores openVoters = new OpenStores();

    /**
     * The two topologies, for this log and these listeners.
     *
     * @param keys whose control records are obeyed
     * @param votesTopic the topic of votes; asked when the task of a partition starts
     * @param resultsInterval the time between two moments at which tallies, and results half of it later, are sent of ballots
     *     where something has changed
     * @param onResults gets the newer results of each ballot, on the thread that keeps the global stores
     * @param onTurnout gets each newer snapshot of an hour of a ballot's turnout, on the same thread
     * @param onBallots gets each new row of the ballots topic, by the keys of {@link BallotsStoreProcessor}, on the same thread
     * @param listener is told of verdicts and dead letters
     * @param schemas decides in which form events are written; in whichever they are, both are read
     */
    public VotelogTopology(
            LogKeys keys,
            VotesTopic votesTopic,
            Duration resultsInterval,
            Consumer<BallotResults> onResults,
            Consumer<PartitionTurnout> onTurnout,
            BiConsumer<String, byte[]> onBallots,
            VerdictListener listener,
            SchemaIds schemas) {
        this.keys = keys;
        this.votesTopic = votesTopic;
        this.pace = new EmitPace(resultsInterval);
        // Tallies have half the interval to be committed and read.
        this.mergePhase = resultsInterval.dividedBy(2);
        this.onResults = onResults;
        this.onTurnout = onTurnout;
        this.onBallots = onBallots;
        this.listener = listener;
        this.schemas = schemas;
    }

    /** The stores of voters that the counting application has open, with the positions from which it is to restore them. */
    public OpenStores openVoters() {
        return openVoters;
    }

    /** How often its threads send what they counted; told how long their commits take. */
    public EmitPace pace() {
        return pace;
    }

    /** The counting application: from votes to decisions, dead letters, tallies and turnout. */
    public Topology counting() {
        return addCounting(new Topology());
    }

    /** The results application: from tallies to results, and the global stores. */
    public Topology results() {
        return addResults(new Topology());
    }

    /** Both applications in one topology, the counting first, for tests that run without a broker. */
    public Topology whole() {
        return addResults(addCounting(new Topology()));
    }

    private Topology addCounting(Topology topology) {
        ByteArrayDeserializer bytesIn = new ByteArrayDeserializer();
        ByteArraySerializer bytesOut = new ByteArraySerializer();
        Serializer<byte[]> eventsOut = schemas.serializer();
        return topology.addReadOnlyStateStore(
                        new PlainStoreBuilder<>(StoreNames.VOTERS, this::voters),
                        StoreNames.SOURCE_VOTES,
                        bytesIn,
                        bytesIn,
                        Topics.VOTES.name(),
                        StoreNames.DECIDE,
                        decide())
                .addProcessor(
                        StoreNames.TALLY,
                        withStores(
                                () -> new TallyProcessor(votesTopic, pace),
                                inMemory(StoreNames.PARTITION_TALLIES),
                                CommitHook.builder(StoreNames.TALLY_COMMITS)),
                        StoreNames.DECIDE)
                // Decide reads the tally's position when it starts, and nothing else of this store.
                .connectProcessorAndStateStores(StoreNames.DECIDE, StoreNames.PARTITION_TALLIES)
                .addSink(
                        StoreNames.SINK_DECISIONS,
                        Topics.DECISIONS.name(),
                        bytesOut,
                        PartitionedValue.serializer(eventsOut),
                        PartitionedValue.SAME_PARTITION,
                        StoreNames.DECIDE)
                .addSink(
                        StoreNames.SINK_DEAD_LETTERS,
                        Topics.DEAD_LETTERS.name(),
                        bytesOut,
                        PartitionedValue.serializer(bytesOut),
                        PartitionedValue.PARTITION_MODULO_COUNT,
                        StoreNames.DECIDE)
                .addSink(
                        StoreNames.SINK_TALLIES,
                        Topics.TALLIES.name(),
                        bytesOut,
                        eventsOut,
                        TallyKey.BY_BALLOT,
                        StoreNames.TALLY)
                .addSink(
                        StoreNames.SINK_TURNOUT,
                        Topics.TURNOUT.name(),
                        bytesOut,
                        eventsOut,
                        TallyKey.BY_BALLOT,
                        StoreNames.TALLY);
    }

    private Topology addResults(Topology topology) {
        ByteArrayDeserializer bytesIn = new ByteArrayDeserializer();
        ByteArraySerializer bytesOut = new ByteArraySerializer();
        return topology.addSource(StoreNames.SOURCE_TALLIES, bytesIn, bytesIn, Topics.TALLIES.name())
                .addProcessor(
                        StoreNames.MERGE,
                        withStores(() -> new MergeProcessor(pace, mergePhase), cached(StoreNames.MERGED_TALLIES)),
                        StoreNames.SOURCE_TALLIES)
                .addSink(
                        StoreNames.SINK_RESULTS,
                        Topics.RESULTS.name(),
                        bytesOut,
                        schemas.serializer(),
                        StoreNames.MERGE)
                .addGlobalStore(
                        global(StoreNames.RESULTS),
                        "results-source",
                        bytesIn,
                        bytesIn,
                        Topics.RESULTS.name(),
                        "results-keeper",
                        () -> new ResultsStoreProcessor(onResults))
                .addGlobalStore(
                        global(StoreNames.TURNOUT),
                        "turnout-source",
                        bytesIn,
                        bytesIn,
                        Topics.TURNOUT.name(),
                        "turnout-keeper",
                        () -> new TurnoutStoreProcessor(onTurnout))
                .addGlobalStore(
                        global(StoreNames.BALLOTS),
                        "ballots-source",
                        bytesIn,
                        bytesIn,
                        Topics.BALLOTS.name(),
                        "ballots-keeper",
                        () -> new BallotsStoreProcessor(keys, onBallots));
    }

    /**
     * The processor that decides. Its store has its source, votes, as changelog. Kafka Streams calls such a store read-only, and its
     * method takes only processors that send nothing; but a processor that writes the store and sends records works there too.
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private ProcessorSupplier<byte[], byte[], Void, Void> decide() {
        return () -> (Processor) new DecideProcessor(keys, votesTopic, listener);
    }

    VotersStore voters() {
        return DecideProcessor.voters(keys, votesTopic, openVoters);
    }

    /** A store of a few rows. */
    private static StoreBuilder<KeyValueStore<String, byte[]>> inMemory(String name) {
        KeyValueBytesStoreSupplier rows = Stores.inMemoryKeyValueStore(name);
        return Stores.keyValueStoreBuilder(rows, Serdes.String(), Serdes.ByteArray());
    }

    /** A store of rows that are written again and again: its cache passes only the last write of a row before a commit to the changelog. */
    private static StoreBuilder<KeyValueStore<String, byte[]>> cached(String name) {
        return inMemory(name).withCachingEnabled();
    }

    private static StoreBuilder<KeyValueStore<String, byte[]>> global(String name) {
        KeyValueBytesStoreSupplier rows = Stores.inMemoryKeyValueStore(name);
        return Stores.keyValueStoreBuilder(rows, Serdes.String(), Serdes.ByteArray())
                .withLoggingDisabled();
    }

    private static <I, O> ProcessorSupplier<byte[], I, byte[], O> withStores(
            Supplier<Processor<byte[], I, byte[], O>> processor, StoreBuilder<?>... stores) {
        // The order of the stores is fixed, so that the topology's description is the same in every run.
        Set<StoreBuilder<?>> owned = new LinkedHashSet<>(List.of(stores));
        return new ProcessorSupplier<>() {
            @Override
            public Processor<byte[], I, byte[], O> get() {
                return processor.get();
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return owned;
            }
        };
    }
}
