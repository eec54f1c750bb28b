// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.seal.Leaf;
import io.votelog.auditor.seal.Seal;
import io.votelog.auditor.tlog.tiles.TlogReader;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** An index of the seals of a tree: where the leaves of each seal are. May be used by several threads. */
final class SealIndex {
    private final List<Placed> seals = new ArrayList<>();

    /** Those of {@link #seals} that are of records. */
    private final List<Placed> ofRecords = new ArrayList<>();

    private long[] sealedTo = new long[0];
    private long next;

    /**
     * A seal and its place in a tree.
     *
     * @param first the index of the seal's first leaf, which says what is sealed
     */
    record Placed(Seal seal, long first) {}

    /**
     * Reads the seals of a tree. The place of each follows from the sizes of the seals before it.
     *
     * @param size the tree's number of leaves
     * @throws AuditException when there is no seal at the place where one must be
     */
    static SealIndex read(TlogReader reader, long size) {
        return read(reader, 0, new long[0], size);
    }

    /**
     * Reads the seals from an index on, at which a seal begins.
     *
     * @param to by partition: the offset after the last record that is sealed before this index
     */
    static SealIndex read(TlogReader reader, long from, long[] to, long size) {
        SealIndex index = new SealIndex();
        index.next = from;
        index.sealedTo = to.clone();
        index.extend(reader, size);
        return index;
    }

    /**
     * Reads the seals behind those that are known, up to the end of a tree that has grown.
     *
     * @param size the tree's number of leaves
     * @throws AuditException when there is no seal at the place where one must be
     */
    synchronized void extend(TlogReader reader, long size) {
        while (next < size) {
            long index = next;
            Leaf leaf = parse(reader.entry(index), index);
            if (leaf instanceof Leaf.Ends sealed) {
                if (sealed.ends().length < sealedTo.length) {
                    throw new AuditException(
                            "the seal at index %d is of fewer partitions than the one before".formatted(index));
                }
                Seal.OfLog seal = Seal.OfLog.behind(sealedTo, sealed.sequence(), sealed.ends());
                if (seal.records() < 0) {
                    throw new AuditException("the seal at index %d goes back".formatted(index));
                }
                seals.add(new Placed(seal, index));
                ofRecords.add(new Placed(seal, index));
                sealedTo = sealed.ends();
                next += 1 + seal.records();
            } else if (leaf instanceof Leaf.Result result) {
                seals.add(new Placed(SealedStatement.seal(result), index));
                next++;
            } else {
                throw new AuditException("the leaf at index %d is no seal, and one must stand there".formatted(index));
            }
        }
    }

    static Leaf parse(byte[] entry, long index) {
        try {
            return Leaf.parse(entry);
        } catch (IllegalArgumentException e) {
            throw new AuditException("the entry at index %d is no leaf: %s".formatted(index, e.getMessage()), e);
        }
    }

    /** All seals in their order. */
    synchronized List<Placed> seals() {
        return List.copyOf(seals);
    }

    /** By partition: the offset after the last record that was sealed before the leaf at this index. */
    synchronized long[] sealedTo(long index) {
        long[] ends = new long[0];
        for (Placed placed : seals) {
            if (placed.first() < index && placed.seal() instanceof Seal.OfLog seal) {
                ends = seal.ends();
            }
        }
        return ends;
    }

    /** The index of this record's leaf; empty where the record is not sealed. */
    synchronized OptionalLong indexOf(int partition, long offset) {
        // The first seal that goes beyond the offset has the record: what is sealed of a partition never goes back.
        int low = 0;
        int high = ofRecords.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (end(middle, partition) > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        if (offset < 0 || low == ofRecords.size()) {
            return OptionalLong.empty();
        }
        Placed placed = ofRecords.get(low);
        Seal.OfLog seal = (Seal.OfLog) placed.seal();
        if (offset < seal.begins()[partition]) {
            // It is sealed before the index from which the seals were read.
            return OptionalLong.empty();
        }
        return OptionalLong.of(placed.first() + 1 + seal.recordsBefore(partition) + offset - seal.begins()[partition]);
    }

    private long end(int at, int partition) {
        return ((Seal.OfLog) ofRecords.get(at).seal()).end(partition);
    }
}
