/** What a request is refused with, as a problem document (RFC 9457). */
@NullMarked
package io.votelog.streams.read.problem;

import org.jspecify.annotations.NullMarked;
