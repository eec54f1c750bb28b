/** Results: as documents, as a file, as a stream. */
@NullMarked
package io.votelog.streams.read.results;

import org.jspecify.annotations.NullMarked;
