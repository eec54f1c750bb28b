// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.board;

import io.votelog.events.BallotPublished;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.streams.topology.BallotsStoreProcessor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The rows of the ballots topic that this instance has read, by the keys of {@link BallotsStoreProcessor}. They outlive the
 * Kafka Streams that reads them, so what was known can still be shown when that has failed.
 */
@Component
public final class BallotsBoard {
    private final Map<String, byte[]> rows = new ConcurrentHashMap<>();
    private final ResultsBoard results;
    private volatile boolean loaded;

    BallotsBoard(ResultsBoard results) {
        this.results = results;
    }

    /** Takes a row, and notifies the readers of results. It is called on the thread that keeps the global stores. */
    public void post(String key, byte[] row) {
        rows.put(key, row);
        results.ballotsChanged();
    }

    /** Notes that the board has all rows that existed when the instance started. */
    public void loaded() {
        loaded = true;
    }

    /** The number of partitions over which each published ballot's votes are spread, by ballot id. */
    public Map<String, Integer> partitionCounts() {
        Map<String, Integer> counts = new HashMap<>();
        rows.forEach((key, row) -> BallotsStoreProcessor.readyBallot(key).ifPresent(ballotId -> {
            byte @Nullable [] claim = rows.get(BallotsStoreProcessor.definitionKey(ballotId));
            if (claim != null) {
                counts.put(ballotId, partitionCount(claim));
            }
        }));
        return counts;
    }

    private static int partitionCount(byte[] claim) {
        try {
            return Events.decode(claim, BallotPublished.class).getPartitionCount();
        } catch (MalformedEventException e) {
            throw new IllegalStateException("a signed claim cannot be decoded", e);
        }
    }

    /** @throws InvalidStateStoreException while this instance starts */
    byte @Nullable [] find(String key) {
        checkLoaded();
        return rows.get(key);
    }

    /** @throws InvalidStateStoreException while this instance starts */
    List<String> keys() {
        checkLoaded();
        return List.copyOf(rows.keySet());
    }

    private void checkLoaded() {
        if (!loaded) {
            throw new InvalidStateStoreException("this instance starts");
        }
    }
}
