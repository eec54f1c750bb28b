/**
 * The read side: it decides and counts the votes of the log, and serves the results. This package only starts the application:
 * {@code topology} decides and counts, {@code hosting} runs it, {@code read} answers clients.
 */
@NullMarked
package io.votelog.streams;

import org.jspecify.annotations.NullMarked;
