// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.simulation;

import io.votelog.events.BallotResults;
import io.votelog.infra.simulation.Brokers.Application;
import io.votelog.infra.simulation.Brokers.Transaction;
import io.votelog.schemas.Topics;
import io.votelog.streams.topology.CountTask;
import io.votelog.streams.topology.MergeTask;
import io.votelog.streams.topology.ResultsKeeper;
import io.votelog.streams.topology.Sent;
import io.votelog.streams.topology.VotelogTopology;
import io.votelog.streams.topology.voters.VotersView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.errors.TaskCorruptedException;

/**
 * One instance of streams-app: a thread that counts, one that merges, each with a transaction for all its tasks, and the global store of
 * results. It does what Kafka Streams would do; what is done when is the history's to say.
 */
final class Instance {
    private final int number;
    private final Path folder;
    private final VotesLog votes;
    private final Brokers brokers;
    private final LongSupplier clock;

    private VotelogTopology topology;
    private ResultsKeeper keeper;
    private int resultsRead;
    /** Whether the global store was filled since the start. */
    private boolean filled;

    private final Map<Integer, Counting> counting = new TreeMap<>();
    private final Map<Integer, CountTask> standbys = new TreeMap<>();
    private final Map<Integer, Merging> merging = new TreeMap<>();
    private Transaction count = new Transaction();
    private Transaction merged = new Transaction();
    private boolean up;
    private boolean away;
    private boolean fenced;

    /** A task that counts, and the place in its partition of the record that it processes next. */
    private static final class Counting {
        private final CountTask task;
        private int next;
        /** Whether it has done something since the last commit. */
        private boolean touched;

        Counting(CountTask task) {
            this.task = task;
        }
    }

    private static final class Merging {
        private final MergeTask task;
        private int next;

        Merging(MergeTask task, int next) {
            this.task = task;
            this.next = next;
        }
    }

    /** How far a restore goes, as the brokers say for the moment, and in how many records at once. */
    interface Restores {
        /** @param committed the offset up to which the group has committed */
        long limit(long committed);

        int batch();
    }

    Instance(int number, Path folder, VotesLog votes, Brokers brokers, LongSupplier clock) {
        this.number = number;
        this.folder = folder;
        this.votes = votes;
        this.brokers = brokers;
        this.clock = clock;
    }

    void start() {
        topology = Electorate.topology(votes);
        keeper = new ResultsKeeper(clock);
        resultsRead = 0;
        filled = false;
        up = true;
        away = false;
        fenced = false;
    }

    int number() {
        return number;
    }

    Path folder() {
        return folder;
    }

    boolean isUp() {
        return up;
    }

    /** Whether it stands still: its tasks are there, and it takes part in nothing. */
    boolean isAway() {
        return away;
    }

    /** Whether its tasks are somebody else's by now, which it does not know before its next commit. */
    boolean isFenced() {
        return fenced;
    }

    /** Whether it gets tasks when they are shared out. */
    boolean isMember() {
        return up && !away && !fenced;
    }

    void goAway() {
        away = true;
        fenced = true;
    }

    void comeBack() {
        away = false;
    }

    /** What became of a commit. */
    enum End {
        COMMITTED,
        /** The commit failed once all had been written for it. */
        FAILED
    }

    /** Takes what the tasks have sent since, and says whether a commit was asked for. */
    private boolean collect() {
        boolean requested = false;
        for (Map.Entry<Integer, Counting> entry : counting.entrySet()) {
            count.sent.addAll(entry.getValue().task.takeSent());
            requested |= entry.getValue().task.takeCommitRequest();
        }
        return requested;
    }

    /** The partitions that have a record for the tasks here. */
    List<Integer> waiting() {
        List<Integer> partitions = new ArrayList<>();
        counting.forEach((partition, task) -> {
            if (task.next < votes.records(partition).size()) {
                partitions.add(partition);
            }
        });
        return partitions;
    }

    /** Processes the next record of a partition. */
    void process(int partition, Restores restores) {
        Counting task = counting.get(partition);
        ConsumerRecord<byte[], byte[]> vote = votes.records(partition).get(task.next);
        try {
            task.task.process(vote);
        } catch (TaskCorruptedException e) {
            corrupted(partition, restores);
            return;
        }
        task.next++;
        task.touched = true;
        count.read.put(partition, vote.offset() + 1);
        collect();
    }

    /** A task that is said to be corrupted is restored again; what the others have done is committed before. */
    private void corrupted(int partition, Restores restores) {
        Counting task = counting.get(partition);
        task.touched = false;
        if (fenced) {
            commitCount(End.FAILED);
            loseTasks();
            return;
        }
        commitCount(End.COMMITTED);
        task.task.close();
        begin(partition, task.task, restores, true);
    }

    /** Fires the timers of the count; returns whether a commit is asked for. */
    boolean fireCountTimers() {
        counting.values().forEach(task -> task.touched |= task.task.fireDue());
        return collect();
    }

    /** Whether the count of this instance has something that is not committed. */
    boolean hasUncommittedCount() {
        return !count.isEmpty();
    }

    /** Commits what was counted; returns the transaction, with what all tasks have put into it. */
    Transaction commitCount(End end) {
        collect();
        counting.forEach((partition, task) -> {
            if (task.touched) {
                task.touched = false;
                count.rows.put(partition, task.task.beginCommit());
            }
        });
        Transaction ended = count;
        count = new Transaction();
        if (end == End.COMMITTED) {
            brokers.commit(Application.COUNT, ended);
        } else {
            brokers.abort(ended);
        }
        return ended;
    }

    /** Begins all tasks of the count again, after a commit that failed. */
    void restoreCountAgain(Restores restores, boolean sameProcessors) {
        count = new Transaction();
        new TreeMap<>(counting).forEach((partition, task) -> {
            task.task.close();
            begin(partition, task.task, restores, sameProcessors);
        });
    }

    void give(int partition, Restores restores, boolean recycled) {
        CountTask standby = standbys.remove(partition);
        if (standby != null && recycled) {
            restore(partition, standby, restores);
            started(partition, standby, false);
            return;
        }
        if (standby != null) {
            standby.close();
        }
        begin(partition, newTask(partition), restores, false);
    }

    private CountTask newTask(int partition) {
        return new CountTask(topology, Electorate.keys(), votes, partition, votes.partitions(), folder, clock);
    }

    private void begin(int partition, CountTask task, Restores restores, boolean sameProcessors) {
        task.open();
        restore(partition, task, restores);
        started(partition, task, sameProcessors);
    }

    private void started(int partition, CountTask task, boolean sameProcessors) {
        Map<String, byte[]> rows = brokers.changelog(Application.COUNT, partition);
        if (sameProcessors) {
            task.startAgain(rows);
        } else {
            task.start(rows);
        }
        Counting started = new Counting(task);
        Long committed = brokers.committed(Application.COUNT, partition);
        started.next = votes.placeOf(partition, committed == null ? 0 : committed);
        counting.put(partition, started);
    }

    private void restore(int partition, CountTask task, Restores restores) {
        Long committed = brokers.committed(Application.COUNT, partition);
        long limit = committed == null ? 0 : restores.limit(committed);
        List<ConsumerRecord<byte[], byte[]>> records = votes.toRestore(partition, task.restoresFrom(), limit);
        for (int from = 0; from < records.size(); ) {
            int to = Math.min(records.size(), from + restores.batch());
            task.restore(records.subList(from, to));
            from = to;
        }
    }

    /** Ends the count of a partition; where the instance keeps a copy of it, the store stays open. */
    void take(int partition, boolean keptAsStandby) {
        Counting task = counting.remove(partition);
        if (keptAsStandby) {
            standbys.put(partition, task.task);
        } else {
            task.task.close();
        }
    }

    boolean counts(int partition) {
        return counting.containsKey(partition);
    }

    boolean follows(int partition) {
        return standbys.containsKey(partition);
    }

    void giveStandby(int partition) {
        CountTask standby = newTask(partition);
        standby.open();
        standbys.put(partition, standby);
    }

    void takeStandby(int partition) {
        standbys.remove(partition).close();
    }

    /** Has the copies here follow the log, up to where the group has committed. */
    void follow(Restores restores) {
        standbys.forEach((partition, standby) -> restore(partition, standby, restores));
    }

    void giveMerge(int partition) {
        if (!filled) {
            // Kafka Streams fills the global stores before it gives a thread its first tasks.
            readResults(Integer.MAX_VALUE);
            filled = true;
        }
        Long committed = brokers.committed(Application.MERGE, partition);
        MergeTask task = new MergeTask(partition, brokers.changelog(Application.MERGE, partition), keeper, clock);
        merging.put(partition, new Merging(task, committed == null ? 0 : Math.toIntExact(committed)));
    }

    void takeMerge(int partition) {
        merging.remove(partition).task.close();
    }

    /** Loses the merges, with what they have not committed. */
    void loseMerges() {
        merged = new Transaction();
        List.copyOf(merging.keySet()).forEach(this::takeMerge);
    }

    boolean merges(int partition) {
        return merging.containsKey(partition);
    }

    /** Merges at most so many committed tallies, and fires the timers; returns whether a commit is asked for. */
    boolean merge(int most) {
        boolean requested = false;
        for (Map.Entry<Integer, Merging> entry : merging.entrySet()) {
            Merging task = entry.getValue();
            List<Sent> tallies = brokers.records(Topics.TALLIES.name(), entry.getKey());
            for (int left = most; left > 0 && task.next < tallies.size(); left--) {
                Sent tally = tallies.get(task.next++);
                if (tally != null) {
                    task.task.process(tally);
                }
                merged.read.put(entry.getKey(), (long) task.next);
            }
            boolean fired = task.task.fireDue();
            requested |= task.task.takeCommitRequest();
            merged.sent.addAll(task.task.takeSent());
            if (fired || merged.read.containsKey(entry.getKey())) {
                merged.rows
                        .computeIfAbsent(entry.getKey(), any -> new TreeMap<>())
                        .putAll(task.task.beginCommit());
            }
        }
        return requested;
    }

    boolean hasUncommittedMerge() {
        return !merged.isEmpty();
    }

    Transaction commitMerge(End end) {
        Transaction ended = merged;
        merged = new Transaction();
        if (end == End.COMMITTED) {
            brokers.commit(Application.MERGE, ended);
        } else {
            brokers.abort(ended);
        }
        return ended;
    }

    /** Begins the merges again without what they have not committed. */
    void mergeAnew() {
        merged = new Transaction();
        mergeAgain();
    }

    /** Begins the merges again, after a commit that failed. */
    void mergeAgain() {
        List<Integer> partitions = List.copyOf(merging.keySet());
        partitions.forEach(this::takeMerge);
        partitions.forEach(this::giveMerge);
    }

    /** Whether something is left to do in this instance: a record to read, or a timer that runs. */
    boolean isBusy() {
        boolean busy = !waiting().isEmpty() || hasUncommittedCount() || hasUncommittedMerge();
        for (Counting task : counting.values()) {
            busy |= task.task.hasTimers();
        }
        for (Map.Entry<Integer, Merging> entry : merging.entrySet()) {
            busy |= entry.getValue().task.hasTimers()
                    || entry.getValue().next
                            < brokers.records(Topics.TALLIES.name(), entry.getKey())
                                    .size();
        }
        return busy;
    }

    /** Reads at most so many committed records of results. */
    void readResults(int most) {
        List<Sent> results = brokers.records(Topics.RESULTS.name(), 0);
        for (int left = most; left > 0 && resultsRead < results.size(); left--) {
            Map<String, BallotResults> before = new TreeMap<>(keeper.shown());
            keeper.process(results.get(resultsRead++));
            before.forEach((ballotId, known) -> Laws.doNotGoBack(
                    "shown by instance " + number, known, keeper.shown().get(ballotId)));
        }
    }

    /** The results that are shown here. */
    Map<String, BallotResults> shown() {
        return keeper.shown();
    }

    /** The voters of a partition here, counted or followed; null where they are neither. */
    VotersView voters(int partition) {
        Counting task = counting.get(partition);
        if (task != null) {
            return task.task.voters();
        }
        CountTask standby = standbys.get(partition);
        return standby == null ? null : standby.voters();
    }

    /** Loses all tasks without a commit: the group has given them to others. */
    void loseTasks() {
        count = new Transaction();
        List.copyOf(counting.keySet()).forEach(partition -> take(partition, false));
        List.copyOf(standbys.keySet()).forEach(this::takeStandby);
        loseMerges();
        fenced = false;
    }

    /** Writes what is written when a commit begins; the commit does not come. */
    void writeForCommit() {
        counting.values().forEach(task -> {
            if (task.touched) {
                task.task.beginCommit();
            }
        });
    }

    void kill() {
        loseTasks();
        up = false;
        away = false;
        keeper = new ResultsKeeper(clock);
    }
}
