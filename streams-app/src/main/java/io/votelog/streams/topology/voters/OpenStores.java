// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.voters;

import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/** The stores of voters that this process has open, by their partitions of votes. Any thread may call it. */
public final class OpenStores {
    private final Map<Integer, VotersStore> stores = new ConcurrentHashMap<>();
    /** Up to where partitions are counted whose count begins and has not gone on yet. */
    private final Map<Integer, Long> counted = new ConcurrentHashMap<>();

    void opened(int partition, VotersStore store) {
        stores.put(partition, store);
    }

    void closed(int partition, VotersStore store) {
        stores.remove(partition, store);
        counted.remove(partition);
    }

    void countedTo(int partition, long offset) {
        counted.put(partition, offset);
    }

    /** Whether the count of any partition begins and has not gone on yet. */
    public boolean isAnyToGoOn() {
        return !counted.isEmpty();
    }

    /**
     * Has the count of a partition go on at an offset, unless there are offsets between what is counted and that one: then the store of
     * the partition goes back to what is counted.
     *
     * @return the offset at which the partition is to go on instead; empty where nothing is left out, and where its count has gone on
     */
    public OptionalLong leftOutBefore(int partition, long offset) {
        Long upTo = counted.remove(partition);
        VotersStore store = stores.get(partition);
        return upTo == null || store == null || offset <= upTo
                ? OptionalLong.empty()
                : OptionalLong.of(store.goBackTo(upTo));
    }

    /** The offset of votes from which the partition's store is to be restored; empty when this process does not have it open. */
    public OptionalLong restoresFrom(int partition) {
        VotersStore store = stores.get(partition);
        return store == null ? OptionalLong.empty() : OptionalLong.of(store.nextOffset());
    }

    /** The number of voters' rows in all of them. Whoever voted on two ballots has two. */
    public long voters() {
        return stores.values().stream().mapToLong(VotersStore::size).sum();
    }

    /** The length of all their files, in bytes. */
    public long bytes() {
        return stores.values().stream().mapToLong(VotersStore::length).sum();
    }
}
