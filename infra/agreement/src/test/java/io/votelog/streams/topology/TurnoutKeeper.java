// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.PartitionTurnout;
import io.votelog.streams.topology.rows.StoreNames;
import io.votelog.streams.topology.rows.TallyKey;
import java.io.File;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.Record;

/** The global store of turnout. */
public final class TurnoutKeeper {
    private final Map<String, PartitionTurnout> hours = new TreeMap<>();
    private final TurnoutStoreProcessor keeper =
            new TurnoutStoreProcessor(turnout -> hours.put(TallyKey.of(turnout), turnout));

    public TurnoutKeeper() {
        TaskContext<Void, Void> context =
                new TaskContext<>(new TaskId(1, 1), new File("nowhere"), () -> 0, (record, child) -> {});
        context.add(new Rows(StoreNames.TURNOUT));
        keeper.init(context);
    }

    /** Takes the next committed record of the topic of turnout. */
    public void process(Sent record) {
        keeper.process(new Record<>(record.key(), record.value(), 0));
    }

    /** What is kept, of each hour of each ballot in each partition. */
    public Collection<PartitionTurnout> hours() {
        return hours.values();
    }
}
