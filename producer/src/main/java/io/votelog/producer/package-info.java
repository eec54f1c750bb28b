/**
 * The write side: votes and ballots come in by HTTP, are checked, and are appended to the log. A vote is acknowledged when the
 * log has it; a ballot is open for votes when it stands in every partition.
 */
@NullMarked
package io.votelog.producer;

import org.jspecify.annotations.NullMarked;
