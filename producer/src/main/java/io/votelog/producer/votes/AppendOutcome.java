// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

/** What became of a record on its way to the log. */
sealed interface AppendOutcome {
    /**
     * The log has the record, durably.
     *
     * @param appendedAtMs the broker's append time, milliseconds since 1970
     * @param tookNanos the time from the append to the acknowledgement, in nanoseconds
     */
    record Appended(int partition, long offset, long appendedAtMs, long tookNanos) implements AppendOutcome {}

    /** The record was not sent, since as much as this gateway allows is under way. */
    record NoRoom() implements AppendOutcome {}

    /** The log did not confirm the record in time; it may have it or not. */
    record Unknown(Exception cause) implements AppendOutcome {}
}
