/** The growth of a ballot's turnout, as a document. The present turnout is a part of {@code results}. */
@NullMarked
package io.votelog.streams.read.turnout;

import org.jspecify.annotations.NullMarked;
