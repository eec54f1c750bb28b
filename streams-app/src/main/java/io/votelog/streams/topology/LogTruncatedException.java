package io.votelog.streams.topology;

/** The log ends before a position that was counted: it is not the log that the stores were made from. */
public final class LogTruncatedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LogTruncatedException(int partition, long countedTo, long logEnd) {
        super(("partition %d of votes ends at offset %d, but %d offsets of it are counted already. Votes are lost, or"
                        + " this is another log: nothing is counted until the log is restored, or, if it is another one,"
                        + " the state and the application's topics are removed")
                .formatted(partition, logEnd, countedTo));
    }
}
