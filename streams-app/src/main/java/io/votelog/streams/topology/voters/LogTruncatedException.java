// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.voters;

import org.apache.kafka.common.Uuid;

/**
 * The log is not the one from which the stores were made: it ends before a position that was counted, or it is another topic.
 */
public final class LogTruncatedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final String WHAT_TO_DO =
            " nothing is counted until the log is restored, or, if it is another one, the state and the application's"
                    + " topics are removed";

    private LogTruncatedException(String message) {
        super(message + WHAT_TO_DO);
    }

    /** The log ends before what is counted. */
    public static LogTruncatedException endsAt(int partition, long countedTo, long logEnd) {
        return new LogTruncatedException(
                "partition %d of votes ends at offset %d, but %d offsets of it are counted already. Votes are lost, or this is another log:"
                        .formatted(partition, logEnd, countedTo));
    }

    /**
     * The log ends before what a file of voters was made from: nothing that is stored elsewhere need say that it was counted, and it
     * was read from the log all the same.
     */
    static LogTruncatedException endsBeforeVoters(int partition, long madeFrom, long logEnd) {
        return new LogTruncatedException(
                "partition %d of votes ends at offset %d, but the voters here are made from votes up to offset %d. Votes are lost, or this is another log:"
                        .formatted(partition, logEnd, madeFrom));
    }

    /** The log begins behind what the voters are known up to. */
    public static LogTruncatedException beginsAt(int partition, long knownTo, long countedTo, long logStart) {
        return new LogTruncatedException(
                "partition %d of votes begins at offset %d, but the voters here are known up to %d of the %d offsets that are counted, and the others would have to be read from it. Votes were deleted:"
                        .formatted(partition, logStart, knownTo, countedTo));
    }

    /** The log is another topic than the one that is counted. */
    public static LogTruncatedException anotherTopic(int partition, long countedTo, Uuid counted, Uuid found) {
        return new LogTruncatedException(
                "votes is another topic than the one of which %d offsets of partition %d are counted: it was deleted and made anew (its id was %s and is %s):"
                        .formatted(countedTo, partition, counted, found));
    }
}
