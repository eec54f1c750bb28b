// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.rules.Picks;
import java.util.UUID;

/**
 * An accepted vote that an annulment took out of the counts.
 *
 * @param offset of the annulment, in the partition of the vote
 * @param recordedAtMs when the broker appended it, milliseconds since 1970
 * @param picks the options that the vote was for
 * @param reason the annulment's reason
 */
public record AnnulledVote(
        String ballotId, int partition, long offset, long recordedAtMs, UUID voteId, Picks picks, String reason) {}
