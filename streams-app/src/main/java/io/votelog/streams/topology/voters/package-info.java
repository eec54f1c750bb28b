// SPDX-License-Identifier: Apache-2.0
/**
 * The store of voters and ballots of one partition of votes: a file of rows, an index in memory, and its restore from votes
 * itself. It knows nothing of rules: whoever judges the log puts the rows.
 */
@NullMarked
package io.votelog.streams.topology.voters;

import org.jspecify.annotations.NullMarked;
