// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.schemas.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Reads all partitions of votes, several at a time. */
public final class VotesReader {
    private final LogSource source;
    private final int threads;
    private final Progress progress;

    /** @param threads partitions that are read at a time, at least 1 */
    public VotesReader(LogSource source, int threads, Progress progress) {
        this.source = source;
        this.threads = threads;
        this.progress = progress;
    }

    /**
     * The present begin and end of each partition of votes.
     *
     * @throws AuditException when there is no topic of votes
     */
    public List<OffsetRange> ranges() {
        List<OffsetRange> votes = source.ranges(Topics.VOTES.name());
        if (votes.isEmpty()) {
            throw new AuditException(
                    "%s has no %s: there is nothing to replay".formatted(source.name(), Topics.VOTES.name()));
        }
        return votes;
    }

    /**
     * Replays the partitions.
     *
     * @param votes as {@link #ranges()} gave them
     * @param replay makes the replay that takes the records of a partition
     * @param cutoff up to where records are passed on
     * @return the replays that took the records, in the order of the partitions
     */
    public List<PartitionReplay> read(
            List<OffsetRange> votes, Function<OffsetRange, PartitionReplay> replay, Cutoff cutoff) {
        List<PartitionReplay> replays = votes.stream().map(replay).toList();
        Progress.Total total = progress.total(
                "deciding votes again",
                votes.stream().mapToLong(range -> range.end() - range.begin()).sum());
        List<Runnable> work = new ArrayList<>();
        for (int at = 0; at < votes.size(); at++) {
            OffsetRange range = votes.get(at);
            PartitionReplay taking = replays.get(at);
            Cutoff.OfPartition within = cutoff.of(range.partition());
            work.add(() -> {
                source.read(range, record -> {
                    if (within.includes(record.offset(), record.timestamp())) {
                        taking.take(record);
                    }
                    total.one();
                });
                taking.end();
            });
        }
        try {
            ParallelTasks.run(threads, work);
        } finally {
            progress.end();
        }
        return replays;
    }
}
