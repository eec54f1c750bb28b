/** The public port of the read side, and what is the same on all its answers. */
@NullMarked
package io.votelog.streams.read.http;

import org.jspecify.annotations.NullMarked;
