/**
 * The write side, the gateway: votes and ballots come in over HTTP, are checked, and are appended to the log. A vote is
 * acknowledged when the log has it; a ballot takes votes when its definition is in every partition. This package only starts
 * the application. Verdicts and counts are made by the read side.
 */
@NullMarked
package io.votelog.producer;

import org.jspecify.annotations.NullMarked;
