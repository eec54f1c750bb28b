// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.BallotResults;
import io.votelog.streams.topology.rows.StoreNames;
import java.io.File;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.Record;

/** The global store of results in one instance, and what the instance shows of it. */
public final class ResultsKeeper {
    private final Rows rows = new Rows(StoreNames.RESULTS);
    private final Map<String, BallotResults> shown = new TreeMap<>();
    private final ResultsStoreProcessor keeper =
            new ResultsStoreProcessor(results -> shown.put(results.getBallotId(), results));

    public ResultsKeeper(LongSupplier clock) {
        TaskContext<Void, Void> context =
                new TaskContext<>(new TaskId(1, 0), new File("nowhere"), clock, (record, child) -> {});
        context.add(rows);
        keeper.init(context);
    }

    /** Takes the next committed record of the topic of results. */
    public void process(Sent record) {
        keeper.process(new Record<>(record.key(), record.value(), 0));
    }

    /** The results that the instance shows, by ballot. */
    public Map<String, BallotResults> shown() {
        return shown;
    }

    Rows rows() {
        return rows;
    }
}
