/** How the turnout of a ballot grew. */
@NullMarked
package io.votelog.streams.read.turnout;

import org.jspecify.annotations.NullMarked;
