// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.votelog.rules.AcceptedVote;
import io.votelog.rules.Annulment;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Whether a voter has voted: {@code none} or {@code accepted}, and of the latter which, since when, and until when it counted. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record VoterDocument(String status, @Nullable UUID voteId, @Nullable String acceptedAt, @Nullable String annulledAt) {
    static VoterDocument of(@Nullable AcceptedVote accepted, @Nullable Annulment annulled) {
        return accepted == null
                ? new VoterDocument("none", null, null, null)
                : new VoterDocument(
                        "accepted",
                        accepted.voteId(),
                        time(accepted.recordedAtMs()),
                        annulled == null ? null : time(annulled.recordedAtMs()));
    }

    private static String time(long ms) {
        return Instant.ofEpochMilli(ms).toString();
    }
}
