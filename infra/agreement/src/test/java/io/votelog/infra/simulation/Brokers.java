// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.simulation;

import io.votelog.schemas.Topics;
import io.votelog.streams.topology.Sent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * What the brokers have beside the votes: offsets of the two groups, changelogs, and the topics of what is committed. A transaction comes
 * into them whole, or not at all.
 */
final class Brokers {
    /** The two applications, each with a group and transactions of its own. */
    enum Application {
        COUNT,
        MERGE
    }

    private final int partitions;
    private final BiConsumer<Application, Transaction> onCommit;
    private final boolean showingAborted;
    private final Map<Application, Long[]> offsets = new TreeMap<>();
    private final Map<Application, List<Map<String, byte[]>>> changelogs = new TreeMap<>();
    private final Map<String, List<List<Sent>>> topics = new TreeMap<>();

    /**
     * Brokers without a record.
     *
     * @param onCommit is told of each transaction, once it is committed
     * @param showingAborted whether these brokers have a fault, by which everybody reads what was never committed
     */
    Brokers(int partitions, BiConsumer<Application, Transaction> onCommit, boolean showingAborted) {
        this.partitions = partitions;
        this.onCommit = onCommit;
        this.showingAborted = showingAborted;
        for (Application application : Application.values()) {
            offsets.put(application, new Long[partitions]);
            List<Map<String, byte[]>> rows = new ArrayList<>();
            for (int partition = 0; partition < partitions; partition++) {
                rows.add(new TreeMap<>());
            }
            changelogs.put(application, rows);
        }
    }

    /** What one instance has sent and not committed yet, in one of its applications. */
    static final class Transaction {
        final List<Sent> sent = new ArrayList<>();
        /** The next offset of each partition that was read. */
        final Map<Integer, Long> read = new TreeMap<>();

        final Map<Integer, Map<String, byte[]>> rows = new TreeMap<>();

        boolean isEmpty() {
            return sent.isEmpty() && read.isEmpty() && rows.isEmpty();
        }
    }

    void commit(Application application, Transaction transaction) {
        transaction.read.forEach((partition, next) -> offsets.get(application)[partition] = next);
        transaction.rows.forEach(
                (partition, rows) -> changelogs.get(application).get(partition).putAll(rows));
        transaction.sent.forEach(this::append);
        onCommit.accept(application, transaction);
    }

    void abort(Transaction transaction) {
        if (showingAborted) {
            transaction.sent.forEach(this::append);
        }
    }

    private void append(Sent record) {
        records(record.topic(), record.partition()).add(record);
    }

    /** The next offset that the group has committed; null when it has none. */
    Long committed(Application application, int partition) {
        return offsets.get(application)[partition];
    }

    /** The rows that a store's changelog has. */
    Map<String, byte[]> changelog(Application application, int partition) {
        return changelogs.get(application).get(partition);
    }

    void loseOffsets(Application application) {
        offsets.put(application, new Long[partitions]);
    }

    void loseChangelogs(Application application) {
        changelogs.get(application).forEach(Map::clear);
    }

    /** The committed records of a partition of a topic, in their order; null in the place of one that was compacted away. */
    List<Sent> records(String topic, int partition) {
        List<List<Sent>> all = topics.computeIfAbsent(topic, name -> new ArrayList<>());
        while (all.size() <= partition) {
            all.add(new ArrayList<>());
        }
        return all.get(partition);
    }

    /** Compacts the topic of tallies: of each key the newest record stays, and so do all of the last ones. */
    void compactTallies(int last) {
        for (int partition = 0; partition < partitions; partition++) {
            List<Sent> records = records(Topics.TALLIES.name(), partition);
            Set<String> met = new HashSet<>();
            for (int at = records.size() - 1; at >= 0; at--) {
                Sent record = records.get(at);
                if (record != null
                        && !met.add(new String(record.key(), StandardCharsets.UTF_8))
                        && at < records.size() - last) {
                    records.set(at, null);
                }
            }
        }
    }
}
