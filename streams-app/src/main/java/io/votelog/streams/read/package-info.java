/**
 * What can be asked for over HTTP: results, their stream, how turnout grew, receipts and voters. All of it is read from what
 * the topology has committed, and nothing here writes.
 */
@NullMarked
package io.votelog.streams.read;

import org.jspecify.annotations.NullMarked;
