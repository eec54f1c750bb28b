// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.schemas.LogKeys;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import io.votelog.streams.topology.rows.StoreNames;
import io.votelog.streams.topology.rows.TallyKey;
import io.votelog.streams.topology.voters.VotersStore;
import io.votelog.streams.topology.voters.VotersView;
import io.votelog.streams.topology.voters.VotesTopic;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.processor.internals.RecordBatchingStateRestoreCallback;

/**
 * The count of one partition of votes in one instance: decide, tally and the store of voters as they are, and in the place of Kafka Streams
 * whoever calls it. Open it, restore it, and it is a standby; start it, and it counts.
 */
public final class CountTask {
    private static final byte[] NO_KEY = {};

    private final VotelogTopology topology;
    private final LogKeys keys;
    private final VotesTopic votes;
    private final int partition;
    private final int partitions;
    private final VotersStore voters;
    private final Rows tallies = new Rows(StoreNames.PARTITION_TALLIES);
    private final CommitHook commits =
            CommitHook.builder(StoreNames.TALLY_COMMITS).build();
    private final TaskContext<byte[], Object> decideContext;
    private final TaskContext<byte[], byte[]> tallyContext;
    private DecideProcessor decide;
    private TallyProcessor tally;
    private List<Sent> sent = new ArrayList<>();

    /**
     * A task that is not open.
     *
     * @param topology of the instance
     * @param partitions of votes
     * @param folder of the instance; the file of voters is in it
     */
    public CountTask(
            VotelogTopology topology,
            LogKeys keys,
            VotesTopic votes,
            int partition,
            int partitions,
            Path folder,
            LongSupplier clock) {
        this.topology = topology;
        this.keys = keys;
        this.votes = votes;
        this.partition = partition;
        this.partitions = partitions;
        this.voters = topology.voters();
        TaskId id = new TaskId(0, partition);
        File directory = folder.resolve(id.toString()).toFile();
        this.decideContext = new TaskContext<byte[], Object>(id, directory, clock, this::decided);
        this.tallyContext = new TaskContext<byte[], byte[]>(id, directory, clock, this::counted);
        decideContext.add(voters);
        decideContext.add(tallies);
        tallyContext.add(tallies);
        tallyContext.add(commits);
    }

    /** The name of the file of voters in the folder of an instance. */
    public static String votersFile(int partition) {
        return "%s-%s.rows".formatted(StoreNames.VOTERS, new TaskId(0, partition));
    }

    /** The directory of the task in the folder of an instance. */
    public static String directory(int partition) {
        return new TaskId(0, partition).toString();
    }

    /** Opens the store of voters, as a standby or as the beginning of a count. */
    public void open() {
        try {
            Files.createDirectories(decideContext.stateDir().toPath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        voters.init(decideContext, voters);
        commits.init(tallyContext, commits);
    }

    /** The offset of votes from which the voters are to be restored. */
    public long restoresFrom() {
        return topology.openVoters().restoresFrom(partition).orElseThrow();
    }

    /** Restores the voters from records of votes. Control records have an empty key here, as the consumer that restores gives it to them. */
    public void restore(List<ConsumerRecord<byte[], byte[]>> batch) {
        ((RecordBatchingStateRestoreCallback) decideContext.restore()).restoreBatch(batch);
    }

    /** Begins to count, with the rows that the changelog of tallies has. */
    public void start(Map<String, byte[]> committed) {
        decide = new DecideProcessor(keys, votes, VerdictListener.NONE);
        tally = new TallyProcessor(votes, new EmitPace(VotelogTopology.RESULTS_INTERVAL));
        begin(committed);
    }

    /** Begins to count with the processors that the task had, as Kafka Streams does with a task that it has restored again. */
    public void startAgain(Map<String, byte[]> committed) {
        begin(committed);
    }

    private void begin(Map<String, byte[]> committed) {
        tallies.restore(committed);
        decideContext.forgetTimers();
        tallyContext.forgetTimers();
        sent.clear();
        decide.init(decideContext);
        tally.init(tallyContext);
    }

    /** Processes the next record of votes. */
    public void process(ConsumerRecord<byte[], byte[]> vote) {
        decideContext.at(new Place(vote.topic(), vote.partition(), vote.offset()));
        decide.process(new Record<>(vote.key(), vote.value(), BrokerTime.of(vote)));
    }

    private record Place(String topic, int partition, long offset) implements RecordMetadata {}

    private void decided(Record<? extends byte[], ?> record, String child) {
        switch (child) {
            case StoreNames.TALLY -> tally.process(new Record<>(NO_KEY, (LogStep) record.value(), record.timestamp()));
            case StoreNames.SINK_DECISIONS -> send(Topics.DECISIONS, record, PartitionedValue.SAME_PARTITION);
            case StoreNames.SINK_DEAD_LETTERS ->
                send(Topics.DEAD_LETTERS, record, PartitionedValue.PARTITION_MODULO_COUNT);
            default -> throw new AssertionError(child);
        }
    }

    private void send(
            Topic topic, Record<? extends byte[], ?> record, StreamPartitioner<byte[], PartitionedValue> partitioner) {
        PartitionedValue value = (PartitionedValue) record.value();
        Optional<Set<Integer>> to =
                partitioner.partitions(topic.name(), record.key(), value, topic.partitions(partitions));
        sent.add(new Sent(
                topic.name(), to.orElseThrow().iterator().next(), record.key(), value.value(), record.headers()));
    }

    private void counted(Record<? extends byte[], ? extends byte[]> record, String child) {
        Topic topic =
                switch (child) {
                    case StoreNames.SINK_TALLIES -> Topics.TALLIES;
                    case StoreNames.SINK_TURNOUT -> Topics.TURNOUT;
                    default -> throw new AssertionError(child);
                };
        Optional<Set<Integer>> to =
                TallyKey.BY_BALLOT.partitions(topic.name(), record.key(), record.value(), topic.partitions(partitions));
        sent.add(new Sent(
                topic.name(), to.orElseThrow().iterator().next(), record.key(), record.value(), record.headers()));
    }

    /** Fires the timers whose time has come; returns whether there was one. */
    public boolean fireDue() {
        return tallyContext.fireDue();
    }

    /** Whether a timer runs: something is to be sent. */
    public boolean hasTimers() {
        return tallyContext.hasTimers();
    }

    /** Whether a commit was asked for since the last call. */
    public boolean takeCommitRequest() {
        return tallyContext.takeCommitRequest();
    }

    /** What was sent since the last call. */
    public List<Sent> takeSent() {
        List<Sent> taken = sent;
        sent = new ArrayList<>();
        return taken;
    }

    /** Writes what is written when a commit begins; returns the rows of tallies that go with the commit. */
    public Map<String, byte[]> beginCommit() {
        voters.flushCache();
        commits.flushCache();
        return tallies.takeWritten();
    }

    /** The voters, as whoever asks for a receipt finds them. */
    public VotersView voters() {
        return voters;
    }

    /** Closes the store of voters. What was not written is lost. */
    public void close() {
        voters.close();
        commits.close();
    }
}
