// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.seal.Leaf;
import io.votelog.auditor.tlog.TlogProof;
import org.jspecify.annotations.Nullable;

/**
 * What a voter can check a receipt with.
 *
 * @param vote that a leaf is in the tree of votes; its extra data is the salt of the commitment to the voter, 32 bytes, and the
 *     leaf's entry
 * @param verdict that the leaf at the same index is in the tree of verdicts; its extra data is the leaf's entry
 * @param annulment of the vote; null where none is shown
 */
public record ReceiptProofs(TlogProof vote, TlogProof verdict, @Nullable Annulment annulment) {
    /**
     * That the vote was annulled.
     *
     * @param record that a control record is in the tree of votes; its extra data is the record, see {@link AnnulmentRecord}
     * @param obeyed that the leaf at the same index of the tree of verdicts says that it is one; its extra data is the leaf's entry
     */
    public record Annulment(TlogProof record, TlogProof obeyed) {}

    /** The leaf with this entry, null when it is none. */
    static @Nullable Leaf leaf(byte[] entry) {
        try {
            return Leaf.parse(entry);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
