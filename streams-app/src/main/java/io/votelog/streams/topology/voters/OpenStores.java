// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.voters;

import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/** The stores of voters that this process has open, by their partitions of votes. Any thread may call it. */
public final class OpenStores {
    private final Map<Integer, VotersStore> stores = new ConcurrentHashMap<>();

    void opened(int partition, VotersStore store) {
        stores.put(partition, store);
    }

    void closed(int partition, VotersStore store) {
        stores.remove(partition, store);
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
