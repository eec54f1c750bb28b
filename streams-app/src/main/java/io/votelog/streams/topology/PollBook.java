package io.votelog.streams.topology;

import io.votelog.rules.Ballot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The ballots that stand in one partition: the store, and before it what was parsed from it. Every change goes to the store
 * at once.
 */
final class PollBook {
    private final KeyValueStore<String, byte[]> store;
    private final Map<String, PollRow> polls = new HashMap<>();
    private long nextEndMs;

    PollBook(KeyValueStore<String, byte[]> store) {
        this.store = store;
        try (KeyValueIterator<String, byte[]> rows = store.all()) {
            rows.forEachRemaining(row -> polls.put(row.key, PollRow.decode(row.value)));
        }
        this.nextEndMs = earliestEndMs();
    }

    @Nullable
    PollRow find(String ballotId) {
        return polls.get(ballotId);
    }

    void open(PollRow row) {
        put(row);
        nextEndMs = earliestEndMs();
    }

    /** Ends a ballot at this offset. */
    PollRow end(PollRow row, long offset) {
        PollRow ended = row.endedAt(offset);
        put(ended);
        nextEndMs = earliestEndMs();
        return ended;
    }

    /**
     * Ends every ballot whose time a record stamped so shows to be over.
     *
     * @return those that were open until then
     */
    List<PollRow> endDue(long recordedAtMs, long offset) {
        if (recordedAtMs < nextEndMs) {
            return List.of();
        }
        List<PollRow> ended = new ArrayList<>();
        for (PollRow row : List.copyOf(polls.values())) {
            boolean due = closesAtMs(row) <= recordedAtMs;
            if (row.open() && due && offset > row.poll().fromOffset()) {
                ended.add(end(row, offset));
            }
        }
        return ended;
    }

    private void put(PollRow row) {
        String ballotId = row.definition().ballot().id();
        store.put(ballotId, row.encode());
        polls.put(ballotId, row);
    }

    private long earliestEndMs() {
        return polls.values().stream()
                .filter(PollRow::open)
                .mapToLong(PollBook::closesAtMs)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private static long closesAtMs(PollRow row) {
        Ballot ballot = row.definition().ballot();
        return ballot.closesAt().toEpochMilli();
    }
}
