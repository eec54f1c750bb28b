// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.PartitionTally;
import io.votelog.events.PartitionTurnout;
import io.votelog.events.VoteDecided;
import io.votelog.rules.Decision;
import io.votelog.schemas.DeadLetters;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import io.votelog.schemas.registry.SchemaIds;
import io.votelog.streams.topology.rows.BallotRow;
import io.votelog.streams.topology.rows.PartitionPosition;
import io.votelog.streams.topology.rows.StoreNames;
import io.votelog.streams.topology.rows.VoterRow;
import io.votelog.streams.topology.voters.VotersStore;
import io.votelog.streams.topology.voters.VotesTopic;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.StateRestoreCallback;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.internals.RecordBatchingStateRestoreCallback;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * Runs decide and tally over one partition, record by record, each with a commit of its own, at offsets that the test chooses, which
 * Kafka's test driver does not allow. {@link #restart()} makes new processors on the old stores, as a restart of the application does. Turnout that the
 * tally sends goes to the store of turnout, which outlives a restart as the topic does.
 */
public final class PartitionHarness {
    private final LogKeys keys;
    private final int partition;
    private final File stateDir;
    private final VotelogTopology topology;
    private final KeyValueStore<String, byte[]> tallies = store(StoreNames.PARTITION_TALLIES, Serdes.String());
    private final KeyValueStore<String, byte[]> turnout = store(StoreNames.TURNOUT, Serdes.String());
    private Map<String, byte[]> committedTallies = Map.of();
    private final List<Record<byte[], byte[]>> uncommittedTurnout = new ArrayList<>();
    private final List<PartitionTurnout> newTurnout = new ArrayList<>();
    private final TurnoutStoreProcessor turnoutKeeper = new TurnoutStoreProcessor(newTurnout::add);

    private int longestDecision;
    private int longestDeadLetter;
    private MockProcessorContext<byte[], Object> decideContext;
    private MockProcessorContext<byte[], byte[]> tallyContext;
    private VotesTopic topic = partition -> Long.MAX_VALUE;
    private VotersStore voters;
    private StateRestoreCallback restore;
    private CommitHook commits;
    private DecideProcessor decide;
    private TallyProcessor tally;

    /** A record of the log; its offset is its place in the list that the test keeps. */
    public record LogRecord(byte[] key, byte[] value, long timestampMs) {}

    public PartitionHarness(LogKeys keys, int partition, File stateDir) {
        this.keys = keys;
        this.partition = partition;
        try {
            // The store of voters writes beside the directory of its task.
            this.stateDir = Files.createTempDirectory(stateDir.toPath(), "count")
                    .resolve("task")
                    .toFile();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.topology = new VotelogTopology(
                keys,
                of -> Long.MAX_VALUE,
                VotelogTopology.RESULTS_INTERVAL,
                r -> {},
                t -> {},
                (id, row) -> {},
                VerdictListener.NONE,
                SchemaIds.none());
        this.voters = topology.voters();
        restart();
    }

    void restart() {
        restart(Long.MAX_VALUE);
    }

    void restart(long logEnd) {
        restart(partition -> logEnd);
    }

    void restart(VotesTopic logEnd) {
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "harness");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        boolean first = decideContext == null;
        decideContext = new MockProcessorContext<>(config, new TaskId(0, partition), stateDir);
        tallyContext = new MockProcessorContext<>(config, new TaskId(0, partition), stateDir);
        // Timers ask for the time, which decides when to send and nothing else.
        decideContext.setCurrentSystemTimeMs(0);
        tallyContext.setCurrentSystemTimeMs(0);
        if (first) {
            openVoters();
            tallies.init(tallyContext.getStateStoreContext(), tallies);
            MockProcessorContext<Void, Void> keeperContext =
                    new MockProcessorContext<>(config, new TaskId(0, partition), stateDir);
            turnout.init(keeperContext.getStateStoreContext(), turnout);
            keeperContext.addStateStore(turnout);
            turnoutKeeper.init(keeperContext);
        }
        decideContext.addStateStore(voters);
        decideContext.addStateStore(tallies);
        tallyContext.addStateStore(tallies);
        commits = CommitHook.builder(StoreNames.TALLY_COMMITS).build();
        tallyContext.addStateStore(commits);
        if (first) {
            decide = new DecideProcessor(keys, new Asked(), VerdictListener.NONE);
        }
        // Kafka Streams begins again with the same processor, too, when it restores a task that was corrupted.
        decide.init(decideContext);
        tally = new TallyProcessor(logEnd, new EmitPace(VotelogTopology.RESULTS_INTERVAL));
        tally.init(tallyContext);
    }

    /** Opens the store of voters as Kafka Streams does, which keeps by what it is restored. */
    private void openVoters() {
        StateStoreContext context = decideContext.getStateStoreContext();
        StateStoreContext keeping = (StateStoreContext) Proxy.newProxyInstance(
                StateStoreContext.class.getClassLoader(),
                new Class<?>[] {StateStoreContext.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("register") && arguments.length == 2) {
                        restore = (StateRestoreCallback) arguments[1];
                        return null;
                    }
                    return method.invoke(context, arguments);
                });
        voters.init(keeping, voters);
    }

    /**
     * Kills the application and starts it again: what was processed since the last commit is lost, except for what stands in the file of
     * voters already. Kafka Streams then restores the voters from the log, up to where the partition is committed.
     *
     * @param written whether the kill came when the commit had begun, so that the voters were written and nothing was committed
     * @param accident what happens to the file of voters meanwhile
     * @param log the records of the partition, from offset 0
     * @param committed the offset from which the group goes on, if it has not lost it; else 0
     */
    void kill(boolean written, Consumer<Path> accident, List<LogRecord> log, long committed) {
        if (written) {
            voters.flushCache();
        }
        uncommittedTurnout.clear();
        rows(tallies).keySet().forEach(tallies::delete);
        committedTallies.forEach(tallies::put);
        voters.close();
        accident.accept(votersFile());
        voters = topology.voters();
        openVoters();
        List<ConsumerRecord<byte[], byte[]>> missing = new ArrayList<>();
        for (long offset = voters.nextOffset(); offset < committed; offset++) {
            LogRecord vote = log.get((int) offset);
            missing.add(new ConsumerRecord<>(
                    Topics.VOTES.name(),
                    partition,
                    offset,
                    vote.timestampMs(),
                    TimestampType.LOG_APPEND_TIME,
                    0,
                    0,
                    vote.key(),
                    vote.value(),
                    new RecordHeaders(),
                    Optional.empty()));
        }
        ((RecordBatchingStateRestoreCallback) restore).restoreBatch(missing);
        restart();
    }

    /** Where the consumer of the count goes on after a start, when the group has committed this offset. */
    long goesOnAt(long committed) {
        return topology.openVoters().leftOutBefore(partition, committed).orElse(committed);
    }

    /** What the changelog of the tallies has: what was committed. */
    Map<String, byte[]> committedTallies() {
        return committedTallies;
    }

    /** Puts another state into the changelog of the tallies, which the next {@link #kill} finds. */
    void setCommittedTallies(Map<String, byte[]> rows) {
        committedTallies = rows;
    }

    /** Sets what the brokers say of the topic from the next start on. */
    void setTopic(VotesTopic votes) {
        topic = votes;
    }

    /** The topic as the brokers know it when they are asked. */
    private final class Asked implements VotesTopic {
        @Override
        public long startOffset(int ofPartition) {
            return topic.startOffset(ofPartition);
        }

        @Override
        public long endOffset(int ofPartition) {
            return topic.endOffset(ofPartition);
        }
    }

    /** The file that the store of voters writes. */
    Path votersFile() {
        return stateDir.toPath().resolveSibling("voters-0_%d.rows".formatted(partition));
    }

    /** Processes one record; returns the verdict, the cause of the dead letter, or an empty outcome. */
    public String process(LogRecord record, long offset) {
        String outcome = processUncommitted(record, offset);
        commit();
        return outcome;
    }

    /** Processes one record, with no commit behind it. */
    String processUncommitted(LogRecord record, long offset) {
        decideContext.resetForwards();
        decideContext.setRecordMetadata(Topics.VOTES.name(), partition, offset);
        decide.process(new Record<>(record.key(), record.value(), record.timestampMs()));
        String outcome = "";
        for (var forward : decideContext.forwarded()) {
            switch (forward.childName().orElseThrow()) {
                case StoreNames.TALLY ->
                    tally.process(forward.record().withKey(new byte[0]).withValue((LogStep)
                            forward.record().value()));
                case StoreNames.SINK_DECISIONS -> {
                    outcome = verdict(written(forward.record()), offset);
                    longestDecision = Math.max(longestDecision, length(forward.record()));
                }
                case StoreNames.SINK_DEAD_LETTERS -> {
                    longestDeadLetter = Math.max(longestDeadLetter, length(forward.record()));
                    outcome = new String(
                            forward.record()
                                    .headers()
                                    .lastHeader(DeadLetters.CAUSE)
                                    .value(),
                            StandardCharsets.US_ASCII);
                }
                default -> throw new AssertionError(forward);
            }
        }
        takeForwarded();
        return outcome;
    }

    void commit() {
        commits.flushCache();
        voters.flushCache();
        uncommittedTurnout.forEach(turnoutKeeper::process);
        uncommittedTurnout.clear();
        committedTallies = rows(tallies);
    }

    /** The value of a record for the topic of decisions or dead letters; asserts that it goes to the partition of its vote. */
    private byte[] written(Record<? extends byte[], ?> record) {
        PartitionedValue placed = (PartitionedValue) record.value();
        if (placed.partition() != partition) {
            throw new AssertionError("placed in %d instead of %d".formatted(placed.partition(), partition));
        }
        return placed.value();
    }

    /** The bytes of key, value and headers. */
    private int length(Record<? extends byte[], ?> record) {
        byte[] value = written(record);
        int length = (record.key() == null ? 0 : record.key().length) + (value == null ? 0 : value.length);
        for (Header header : record.headers()) {
            length += header.key().length() + header.value().length;
        }
        return length;
    }

    /** The bytes of the longest decision that was written. */
    int longestDecision() {
        return longestDecision;
    }

    /** The bytes of the longest dead letter that was written. */
    int longestDeadLetter() {
        return longestDeadLetter;
    }

    /** The bytes of the longest row, with its key, in any store with a changelog now. */
    int longestRow() {
        int longest = 0;
        try (var rows = tallies.all()) {
            while (rows.hasNext()) {
                var row = rows.next();
                longest = Math.max(longest, row.key.getBytes(StandardCharsets.UTF_8).length + row.value.length);
            }
        }
        return longest;
    }

    /** The row of a voter on a ballot. */
    public VoterRow voterRow(byte[] voter, String ballotId) {
        return voters.voter(voter, ballotId);
    }

    /** The ballot as this partition has it. */
    public Optional<Decision.PartitionBallot> partitionBallot(String ballotId) {
        return Optional.ofNullable(voters.ballot(ballotId))
                .map(row -> BallotRow.decode(row).partitionBallot());
    }

    /** The bytes of the ballot's row, in an array of their own; nothing when the ballot does not stand in the partition. */
    public Optional<byte[]> ballotRow(String ballotId) {
        return Optional.ofNullable(voters.ballot(ballotId));
    }

    /** What the tally sends on now, by ballot. */
    Map<String, PartitionTally> emit() {
        Map<String, PartitionTally> emitted = new TreeMap<>();
        // A timer may start the next one.
        for (var timers = running(tallyContext); !timers.isEmpty(); timers = running(tallyContext)) {
            timers.forEach(timer -> timer.getPunctuator().punctuate(0));
            takeForwarded().forEach(tally -> emitted.put(tally.getBallotId(), tally));
        }
        commit();
        return emitted;
    }

    /** The position as it stands in the store. */
    PartitionPosition position() {
        return PartitionPosition.decode(tallies.get(PartitionPosition.KEY));
    }

    /** Puts a position in the store, as an older build left it. */
    void putPosition(byte[] row) {
        tallies.put(PartitionPosition.KEY, row);
    }

    /** The voters' position in the store. */
    long votersPosition() {
        return voters.nextOffset();
    }

    private static List<MockProcessorContext.CapturedPunctuator> running(MockProcessorContext<?, ?> context) {
        return context.scheduledPunctuators().stream()
                .filter(timer -> !timer.cancelled())
                .toList();
    }

    /** The tallies that were sent; turnout goes to its store with the next commit. */
    private List<PartitionTally> takeForwarded() {
        List<PartitionTally> tallies = new ArrayList<>();
        for (var forward : tallyContext.forwarded()) {
            switch (forward.childName().orElseThrow()) {
                case StoreNames.SINK_TALLIES ->
                    tallies.add(decode(forward.record().value(), PartitionTally.class));
                case StoreNames.SINK_TURNOUT ->
                    uncommittedTurnout.add(new Record<>(
                            forward.record().key(),
                            forward.record().value(),
                            forward.record().timestamp()));
                default -> throw new AssertionError(forward);
            }
        }
        tallyContext.resetForwards();
        return tallies;
    }

    /** The turnout that was sent since the last call and was new. */
    List<PartitionTurnout> newTurnout() {
        List<PartitionTurnout> sent = List.copyOf(newTurnout);
        newTurnout.clear();
        return sent;
    }

    private static Map<String, byte[]> rows(KeyValueStore<String, byte[]> store) {
        Map<String, byte[]> rows = new TreeMap<>();
        try (var all = store.all()) {
            all.forEachRemaining(row -> rows.put(row.key, row.value));
        }
        return rows;
    }

    /** A row of the store of tallies. */
    byte[] tallyRow(String key) {
        return tallies.get(key);
    }

    /** Puts a row into the store of tallies that another build has left there. */
    void putTallyRow(String key, byte[] row) {
        tallies.put(key, row);
    }

    /** Every hour in the store of turnout, by key. */
    Map<String, PartitionTurnout> turnout() {
        Map<String, PartitionTurnout> kept = new TreeMap<>();
        try (var rows = turnout.all()) {
            rows.forEachRemaining(row -> kept.put(row.key, decode(row.value, PartitionTurnout.class)));
        }
        return kept;
    }

    List<String> processAll(List<LogRecord> log, int from) {
        List<String> outcomes = new ArrayList<>();
        for (int offset = from; offset < log.size(); offset++) {
            outcomes.add(process(log.get(offset), offset));
        }
        return outcomes;
    }

    private static String verdict(byte[] value, long offset) {
        VoteDecided decided = decode(value, VoteDecided.class);
        if (decided.getVoteOffset() != offset) {
            throw new AssertionError("verdict on %d at %d".formatted(decided.getVoteOffset(), offset));
        }
        return decided.getReason() == null
                ? decided.getOutcome().toString()
                : decided.getOutcome() + " " + decided.getReason();
    }

    private static <T extends SpecificRecord> T decode(byte[] value, Class<T> kind) {
        try {
            return Events.decode(value, kind);
        } catch (MalformedEventException e) {
            throw new AssertionError(e);
        }
    }

    private static <K> KeyValueStore<K, byte[]> store(String name, Serde<K> keys) {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), keys, Serdes.ByteArray())
                .withLoggingDisabled()
                .withCachingDisabled()
                .build();
    }
}
