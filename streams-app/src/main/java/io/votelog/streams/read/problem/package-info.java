/**
 * The read side's problem documents (RFC 9457): every refusal and every error is answered with one. When a request is refused
 * is decided in the other rooms.
 */
@NullMarked
package io.votelog.streams.read.problem;

import org.jspecify.annotations.NullMarked;
