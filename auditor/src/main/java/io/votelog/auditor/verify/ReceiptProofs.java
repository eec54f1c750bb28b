// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.seal.Leaf;
import io.votelog.auditor.tlog.TlogProof;
import org.jspecify.annotations.Nullable;

/**
 * The proofs with which a voter can check a receipt.
 *
 * @param vote proves that the vote's leaf is in the tree of votes; its extra data are the salt of the commitment to the
 *     voter, 32 bytes, and the leaf's entry
 * @param verdict proves that the verdict's leaf, at the same index, is in the tree of verdicts; its extra data are the
 *     leaf's entry
 * @param annulment proves that the vote was annulled; null where no annulment is proven
 */
public record ReceiptProofs(TlogProof vote, TlogProof verdict, @Nullable Annulment annulment) {
    /**
     * The proofs that a vote was annulled.
     *
     * @param record proves that the annulment is in the tree of votes; its extra data are the record, see
     *     {@link AnnulmentRecord}
     * @param obeyed proves that the leaf at the same index of the tree of verdicts says that a control record was
     *     obeyed; its extra data are the leaf's entry
     */
    public record Annulment(TlogProof record, TlogProof obeyed) {}

    /** The same, with the proofs that the vote was annulled. */
    ReceiptProofs with(Annulment annulled) {
        return new ReceiptProofs(vote, verdict, annulled);
    }

    /** The leaf with this entry; null when the entry is no leaf. */
    static @Nullable Leaf leaf(byte[] entry) {
        try {
            return Leaf.parse(entry);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
