/**
 * From the log to the results: decide, tally, merge. Every verdict and every count here is a function of the log alone; a
 * wall clock may say when to emit, never what.
 */
@NullMarked
package io.votelog.streams.topology;

import org.jspecify.annotations.NullMarked;
