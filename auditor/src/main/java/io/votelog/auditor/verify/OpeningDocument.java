// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.votelog.auditor.seal.Commitments;
import io.votelog.events.VoteCast;
import io.votelog.schemas.Base64Url;
import io.votelog.schemas.Receipt;
import java.util.List;

/**
 * What a vote's leaf commits to as its choices, for the voter alone: whoever has it can show it to others, who can check it.
 *
 * @param format {@value #FORMAT}
 * @param choices option ids as sent
 * @param choicesSalt base64url of the 32 bytes before them in the commitment
 */
@JsonPropertyOrder({"format", "ballotId", "receipt", "choices", "choicesSalt"})
public record OpeningDocument(
        String format, String ballotId, String receipt, List<String> choices, String choicesSalt) {
    /** The format that a document names. */
    public static final String FORMAT = "votelog-opening/1";

    static OpeningDocument of(Receipt receipt, VoteCast vote) {
        return new OpeningDocument(
                FORMAT,
                vote.getBallotId(),
                receipt.toString(),
                vote.getChoices(),
                Base64Url.encode(new Commitments().choicesSalt(vote)));
    }
}
