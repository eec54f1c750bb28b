// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.util.UUID;

/**
 * The one vote of a voter that counts.
 *
 * @param voteId the client's name for it
 * @param offset its position in its partition
 * @param recordedAtMs when the broker appended it, in milliseconds since 1970 UTC
 * @param picks the options that it picks
 */
public record AcceptedVote(UUID voteId, long offset, long recordedAtMs, Picks picks) {}
