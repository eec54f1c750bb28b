// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.util.List;
import java.util.UUID;

/**
 * A vote as the log has it.
 *
 * @param voteId the vote's id, as the client sent it or the gateway derived it; the same for a retry
 * @param choices option ids as they were sent
 * @param offset of the vote's record in its partition
 * @param recordedAtMs when the broker appended it, in milliseconds since 1970 UTC
 */
public record LoggedVote(UUID voteId, List<String> choices, long offset, long recordedAtMs) {
    public LoggedVote {
        choices = List.copyOf(choices);
    }
}
