// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.seal.Leaf;
import io.votelog.auditor.seal.Seal;
import io.votelog.auditor.tlog.tiles.TlogReader;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** An index of the seals of a tree: where the leaves of each seal are. */
final class SealIndex {
    private final List<Placed> seals;

    private SealIndex(List<Placed> seals) {
        this.seals = seals;
    }

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
        List<Placed> seals = new ArrayList<>();
        long[] sealedTo = to;
        long index = from;
        while (index < size) {
            Leaf leaf = parse(reader.entry(index), index);
            if (leaf instanceof Leaf.Ends sealed) {
                if (sealed.ends().length < sealedTo.length) {
                    throw new AuditException(
                            "the seal at index %d is of fewer partitions than the one before".formatted(index));
                }
                Seal.OfLog seal = Seal.OfLog.behind(sealedTo, sealed.sequence(), sealed.ends());
                seals.add(new Placed(seal, index));
                if (seal.records() < 0) {
                    throw new AuditException("the seal at index %d goes back".formatted(index));
                }
                sealedTo = sealed.ends();
                index += 1 + seal.records();
            } else if (leaf instanceof Leaf.Result result) {
                seals.add(new Placed(SealedStatement.seal(result), index));
                index++;
            } else {
                throw new AuditException("the leaf at index %d is no seal, and one must stand there".formatted(index));
            }
        }
        return new SealIndex(seals);
    }

    static Leaf parse(byte[] entry, long index) {
        try {
            return Leaf.parse(entry);
        } catch (IllegalArgumentException e) {
            throw new AuditException("the entry at index %d is no leaf: %s".formatted(index, e.getMessage()), e);
        }
    }

    /** All seals in their order. */
    List<Placed> seals() {
        return seals;
    }

    /** By partition: the offset after the last record that was sealed before the leaf at this index. */
    long[] sealedTo(long index) {
        long[] ends = new long[0];
        for (Placed placed : seals) {
            if (placed.first() < index && placed.seal() instanceof Seal.OfLog seal) {
                ends = seal.ends();
            }
        }
        return ends;
    }

    /** The index of this record's leaf; empty where the record is not sealed. */
    OptionalLong indexOf(int partition, long offset) {
        for (Placed placed : seals) {
            if (placed.seal() instanceof Seal.OfLog seal
                    && partition < seal.ends().length
                    && offset >= seal.begins()[partition]
                    && offset < seal.ends()[partition]) {
                return OptionalLong.of(
                        placed.first() + 1 + seal.recordsBefore(partition) + offset - seal.begins()[partition]);
            }
        }
        return OptionalLong.empty();
    }
}
