/**
 * The newest results, turnout and ballots that this instance has read from committed topics, in memory. The boards outlive the
 * Kafka Streams that fills them. Documents are not made here, but in {@code results} and {@code turnout}.
 */
@NullMarked
package io.votelog.streams.read.board;

import org.jspecify.annotations.NullMarked;
