// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.schemas.Topics;
import io.votelog.streams.topology.rows.StoreNames;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.Record;

/** The merge of one partition of the topic of tallies in one instance, with whoever calls it in the place of Kafka Streams. */
public final class MergeTask {
    private final Rows rows = new Rows(StoreNames.MERGED_TALLIES);
    private final MergeProcessor merge = new MergeProcessor(
            new EmitPace(VotelogTopology.RESULTS_INTERVAL), VotelogTopology.RESULTS_INTERVAL.dividedBy(2));
    private final TaskContext<byte[], byte[]> context;
    private List<Sent> sent = new ArrayList<>();

    /**
     * Begins to merge.
     *
     * @param partition of the topic of tallies
     * @param committed the rows that the changelog of merged tallies has
     * @param published the global store of results in the same instance
     */
    public MergeTask(int partition, Map<String, byte[]> committed, ResultsKeeper published, LongSupplier clock) {
        context = new TaskContext<byte[], byte[]>(
                new TaskId(0, partition),
                new File("nowhere"),
                clock,
                (record, child) ->
                        sent.add(new Sent(Topics.RESULTS.name(), 0, record.key(), record.value(), record.headers())));
        rows.restore(committed);
        context.add(rows);
        context.add(published.rows());
        merge.init(context);
    }

    /** Takes the next committed record of the topic of tallies. */
    public void process(Sent tally) {
        merge.process(new Record<>(tally.key(), tally.value(), 0));
    }

    /** Fires the timer if its time has come; returns whether it has. */
    public boolean fireDue() {
        return context.fireDue();
    }

    /** Whether the timer runs: something is to be sent. */
    public boolean hasTimers() {
        return context.hasTimers();
    }

    /** Whether a commit was asked for since the last call. */
    public boolean takeCommitRequest() {
        return context.takeCommitRequest();
    }

    /** What was sent since the last call. */
    public List<Sent> takeSent() {
        List<Sent> taken = sent;
        sent = new ArrayList<>();
        return taken;
    }

    /** The rows of merged tallies that go with the commit that begins. */
    public Map<String, byte[]> beginCommit() {
        return rows.takeWritten();
    }

    public void close() {
        merge.close();
    }
}
