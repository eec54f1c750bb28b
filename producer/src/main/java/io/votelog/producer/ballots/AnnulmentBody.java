// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import io.votelog.producer.problem.Problems;
import io.votelog.rules.Annulment;
import io.votelog.rules.Fault;
import io.votelog.rules.ShownText;
import io.votelog.schemas.Receipt;
import io.votelog.web.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The body of a request for an annulment: {@code {"receipt": "…", "reason": "…"}}.
 *
 * @param receipt the receipt of the vote that shall no longer count
 * @param reason why, in one line of text
 */
public record AnnulmentBody(Receipt receipt, String reason) {
    /** The most bytes of a body. */
    public static final int MAX_BYTES = 16 * 1024;

    private static final String FORM =
            "the body must be {\"receipt\": the vote's receipt, \"reason\": 1 to %d characters}: "
                    .formatted(Annulment.MAX_REASON);
    private static final Set<String> FIELDS = Set.of("receipt", "reason");

    /**
     * Reads a body.
     *
     * @throws ProblemException 400 when the bytes have another form, 422 with every fault of the two fields
     */
    public static AnnulmentBody of(byte[] bytes) {
        StrictJsonObject body = StrictJsonObject.read(bytes, FORM, FIELDS);
        String receipt = body.string("receipt");
        String reason = body.string("reason");
        List<Fault> faults = new ArrayList<>();
        Optional<Receipt> parsed = Receipt.parse(receipt);
        if (parsed.isEmpty()) {
            faults.add(new Fault("receipt", "is no receipt; a receipt is 43 characters of base64url"));
        }
        if (!reason.isEmpty() && reason.isBlank()) {
            faults.add(new Fault("reason", "is blank; it must say why the vote is annulled"));
        }
        Annulment.faultOf(reason)
                .or(() -> reason.isBlank() ? Optional.empty() : ShownText.faultOf(reason))
                .ifPresent(fault -> faults.add(new Fault("reason", fault)));
        if (parsed.isEmpty() || !faults.isEmpty()) {
            throw Problems.faultyAnnulment(faults).exception();
        }
        return new AnnulmentBody(parsed.get(), reason);
    }
}
