// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.util.UUID;

/**
 * A voter's accepted vote on a ballot. There is at most one.
 *
 * @param voteId the vote's id, as the client sent it or the gateway derived it
 * @param offset of the vote's record in its partition
 * @param recordedAtMs when the broker appended it, in milliseconds since 1970 UTC
 * @param picks the options that it picks
 */
public record AcceptedVote(UUID voteId, long offset, long recordedAtMs, Picks picks) {}
