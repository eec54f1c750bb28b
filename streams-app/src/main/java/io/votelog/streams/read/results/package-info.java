/**
 * Results as documents, as CSV and as a stream. Where they come from is in {@code board}; how they look on a page is in {@code
 * pages}.
 */
@NullMarked
package io.votelog.streams.read.results;

import org.jspecify.annotations.NullMarked;
