/**
 * From the log to the results: decide, tally, merge. Every verdict and every count here is a function of the log alone; a wall
 * clock decides when to send, never what. The forms of rows and keys are in {@code rows}. Kafka Streams is configured and run
 * in {@code hosting}, not here.
 */
@NullMarked
package io.votelog.streams.topology;

import org.jspecify.annotations.NullMarked;
