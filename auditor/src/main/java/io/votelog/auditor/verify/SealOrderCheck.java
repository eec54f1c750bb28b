// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.seal.Leaf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Checks the order of a tree's leaves. A seal of records begins with a leaf of ends, followed by a leaf for each record
 * between the previous ends and these, by partition and then by offset. A seal of a result is a single leaf. A seal may
 * have more partitions than the one before, never fewer.
 */
final class SealOrderCheck {
    private long nextSequence;
    private long[] sealedTo = new long[0];
    private long[] ends = new long[0];
    private int partition;
    private long offset;
    private boolean insideSeal;

    /**
     * Continues after leaves that were checked before.
     *
     * @param next the sequence number of the next seal
     * @param to by partition: the offset after the last sealed record
     */
    void resume(long next, long[] to) {
        nextSequence = next;
        sealedTo = to.clone();
    }

    /**
     * Takes the next leaf.
     *
     * @return what is wrong with the leaf; null when it is the one that must come next
     */
    @Nullable
    String take(Leaf leaf) {
        if (leaf instanceof Leaf.OfRecord of) {
            if (!insideSeal) {
                return "a leaf of partition %d, offset %d, which no seal says".formatted(of.partition(), of.offset());
            }
            if (of.partition() != partition || of.offset() != offset) {
                return "a leaf of partition %d, offset %d, where partition %d, offset %d belongs"
                        .formatted(of.partition(), of.offset(), partition, offset);
            }
            offset++;
            skipWhatIsOver();
            return null;
        }
        if (insideSeal) {
            return "a seal before the leaf of partition %d, offset %d".formatted(partition, offset);
        }
        return leaf instanceof Leaf.Ends sealed ? begin(sealed) : inOrder(((Leaf.Result) leaf).sequence());
    }

    private @Nullable String begin(Leaf.Ends sealed) {
        String wrong = inOrder(sealed.sequence());
        if (wrong != null) {
            return wrong;
        }
        if (sealed.ends().length < sealedTo.length) {
            return "seal %d is of %d partitions, the ones before of %d"
                    .formatted(sealed.sequence(), sealed.ends().length, sealedTo.length);
        }
        sealedTo = Arrays.copyOf(sealedTo, sealed.ends().length);
        for (int at = 0; at < sealedTo.length; at++) {
            if (sealed.ends()[at] < sealedTo[at]) {
                return "seal %d goes back in partition %d".formatted(sealed.sequence(), at);
            }
        }
        ends = sealed.ends();
        insideSeal = true;
        partition = 0;
        offset = sealedTo.length == 0 ? 0 : sealedTo[0];
        skipWhatIsOver();
        return null;
    }

    private @Nullable String inOrder(long sequence) {
        if (sequence != nextSequence) {
            return "seal %d where seal %d belongs".formatted(sequence, nextSequence);
        }
        nextSequence++;
        return null;
    }

    private void skipWhatIsOver() {
        while (partition < ends.length && offset >= ends[partition]) {
            partition++;
            offset = partition < ends.length ? sealedTo[partition] : 0;
        }
        if (partition == ends.length) {
            sealedTo = ends;
            insideSeal = false;
        }
    }

    /** Whether some leaves of the last seal are still to come. */
    boolean insideSeal() {
        return insideSeal;
    }

    /** By partition: the offset after the last sealed record. */
    long[] sealedTo() {
        return sealedTo.clone();
    }
}
