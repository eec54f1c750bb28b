// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.TlogProof;
import io.votelog.schemas.Receipt;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The proofs of a receipt's vote as one JSON document, as a sealer gives it to whoever holds the receipt. It says nothing of the choices.
 *
 * @param format {@value #FORMAT}
 * @param verdict a name of {@link ReceiptVerdict}, and below it its reason: for readers, since the proofs alone show it
 * @param reason of a rejection, or of an annulment; null where there is none
 * @param vote {@link ReceiptProofs#vote}, a text of c2sp.org/tlog-proof, as the others are
 * @param verdictProof {@link ReceiptProofs#verdict}
 * @param annulment {@link ReceiptProofs.Annulment#record}; null where no annulment is proven
 * @param obeyed {@link ReceiptProofs.Annulment#obeyed}; null likewise
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"format", "ballotId", "receipt", "verdict", "reason", "vote", "verdictProof", "annulment", "obeyed"
})
public record ProofDocument(
        String format,
        String ballotId,
        String receipt,
        String verdict,
        @Nullable String reason,
        String vote,
        String verdictProof,
        @Nullable String annulment,
        @Nullable String obeyed) {
    /** The format that a document names. */
    public static final String FORMAT = "votelog-proof/1";

    private static final int LONGEST = 5 * TlogProof.LONGEST;

    /** @param annulled the annulment that the proofs prove; null where they prove none */
    static ProofDocument of(
            String ballotId, Receipt receipt, ReceiptProofs proofs, @Nullable AnnulmentRecord annulled) {
        ReceiptVerdict published = ReceiptVerdict.of(proofs);
        String reason = annulled == null
                ? ReceiptVerdict.reason(
                        ReceiptProofs.leaf(proofs.verdict().extra().orElse(new byte[0])))
                : annulled.order().getReason();
        ReceiptVerdict verdict = annulled == null ? published : ReceiptVerdict.ANNULLED;
        ReceiptProofs.Annulment annulment = proofs.annulment();
        return new ProofDocument(
                FORMAT,
                ballotId,
                receipt.toString(),
                verdict == null ? ReceiptVerdict.UNDECIDED.name() : verdict.name(),
                reason.isEmpty() ? null : reason,
                proofs.vote().text(),
                proofs.verdict().text(),
                annulment == null ? null : annulment.record().text(),
                annulment == null ? null : annulment.obeyed().text());
    }

    /**
     * Reads a document from a file.
     *
     * @throws AuditException when the file cannot be read, or holds no such document
     */
    public static ProofDocument read(Path file) {
        ProofDocument document = InputFile.strictJson(file, LONGEST, ProofDocument.class, "document with proofs");
        if (!FORMAT.equals(document.format())) {
            throw new AuditException(
                    "%s is in the format %s; this program reads %s".formatted(file, document.format(), FORMAT));
        }
        return document;
    }

    /**
     * The proofs.
     *
     * @param file where the document stands, for error messages
     * @throws AuditException when one is missing, or is none
     */
    public ReceiptProofs proofs(Path file) {
        if ((annulment == null) != (obeyed == null)) {
            throw new AuditException(
                    "%s: the members 'annulment' and 'obeyed' prove an annulment together, and one is missing"
                            .formatted(file));
        }
        return new ReceiptProofs(
                proof(file, "vote", vote),
                proof(file, "verdictProof", verdictProof),
                annulment == null || obeyed == null
                        ? null
                        : new ReceiptProofs.Annulment(
                                proof(file, "annulment", annulment), proof(file, "obeyed", obeyed)));
    }

    private static TlogProof proof(Path file, String member, @Nullable String text) {
        if (text == null) {
            throw new AuditException("%s: the member '%s' is missing".formatted(file, member));
        }
        try {
            return TlogProof.parse(text);
        } catch (TlogException e) {
            throw new AuditException("%s: the member '%s' is no proof: %s".formatted(file, member, e.getMessage()), e);
        }
    }
}
