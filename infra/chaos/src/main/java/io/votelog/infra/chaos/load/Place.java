// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import java.util.Comparator;

/** Where a record of votes stands. */
public record Place(int partition, long offset) implements Comparable<Place> {
    private static final Comparator<Place> ORDER =
            Comparator.comparingInt(Place::partition).thenComparingLong(Place::offset);

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return "partition %d, offset %d".formatted(partition, offset);
    }
}
