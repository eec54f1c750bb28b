package io.votelog.streams.topology;

/** Says where a partition of votes ends. */
@FunctionalInterface
public interface LogEnd {
    /** The offset behind the last record of this partition. */
    long of(int partition);
}
