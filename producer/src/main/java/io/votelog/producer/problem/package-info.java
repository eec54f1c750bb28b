/**
 * The gateway's problem documents (RFC 9457), independent of the server that writes them. When a request is refused is decided
 * in the other rooms.
 */
@NullMarked
package io.votelog.producer.problem;

import org.jspecify.annotations.NullMarked;
