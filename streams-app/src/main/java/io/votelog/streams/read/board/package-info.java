/**
 * What this instance has read of the log's committed topics: ballots, results and turnout. Boards outlive the Kafka Streams that fill
 * them.
 */
@NullMarked
package io.votelog.streams.read.board;

import org.jspecify.annotations.NullMarked;
