// SPDX-License-Identifier: Apache-2.0
/**
 * The way of a vote, from the route to the acknowledgement:
 *
 * <ol>
 *   <li>{@code http.VoteRoute} or {@code http.BatchRoute} takes the request from the server.
 *   <li>{@link VoteDesk} or {@link BatchDesk} has it admitted by {@link Admission}: the address's share, origin, method and query, room in
 *       front of the log, token, the user's share, scope, ballot, media type.
 *   <li>{@link IdempotencyKey} reads the vote id that the client chose for a single vote, if any; {@link VoteBody} reads the choices,
 *       and in a batch the voter and the vote id of each line.
 *   <li>{@link BallotBox} makes the pseudonym and, where the client chose no vote id, the derived one; it checks the ballot's window and rules,
 *       charges the voter's allowance, and encodes the event.
 *   <li>{@link VoteLog} appends the event to the votes topic and learns its {@link AppendOutcome}: in the log, no room, or unknown.
 *   <li>{@link BallotBox} makes the {@link VoteAnswer} of it: a {@link RecordedVote}, or a problem; {@link VoteMeters} counts it.
 *   <li>{@code http.VoteResponses} or {@code http.BatchStream} writes the acknowledgement.
 * </ol>
 *
 * <p>HTTP servers and web frameworks are not used here. Whether a recorded vote counts is decided on the read side.
 */
@NullMarked
package io.votelog.producer.votes;

import org.jspecify.annotations.NullMarked;
