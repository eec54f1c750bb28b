// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.votelog.auditor.report.AuditException;
import io.votelog.events.PartitionTally;
import io.votelog.rules.Ballot;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * How far the tallies of partitions had been merged into results. What had been merged was in the results already, or
 * about to be published in them.
 *
 * @param group the consumer group that merges
 * @param ballots by ballot id and partition of votes: a tally that counts every record below this offset had been read,
 *     and the read was committed
 */
@JsonPropertyOrder({"group", "ballots"})
public record MergedOffsets(String group, Map<String, Map<Integer, Long>> ballots) {
    /** The merging group's name is the counting group's name with this suffix. */
    private static final String SUFFIX = "-results";

    /** The consumer group that merges, from that which counts. */
    public static String group(String counting) {
        return counting + SUFFIX;
    }

    /**
     * Reads the tallies that stand before the group's committed offsets.
     *
     * @param taken by partition of tallies
     * @throws AuditException when they cannot be read
     */
    static MergedOffsets of(LogSource source, String group, Map<Integer, Long> taken) {
        Map<String, Map<Integer, Long>> ballots = new TreeMap<>();
        for (OffsetRange all : source.ranges(Topics.TALLIES.name())) {
            long end = Math.min(all.end(), taken.getOrDefault(all.partition(), 0L));
            if (end <= all.begin()) {
                continue;
            }
            source.read(new OffsetRange(all.topic(), all.partition(), all.begin(), end), record -> {
                try {
                    PartitionTally tally = Events.decode(record.value(), PartitionTally.class);
                    if (Ballot.isId(tally.getBallotId())) {
                        ballots.computeIfAbsent(tally.getBallotId(), any -> new TreeMap<>())
                                .merge(tally.getPartition(), tally.getNextOffset(), Math::max);
                    }
                } catch (MalformedEventException e) {
                    // No event can be decoded, so nothing was merged from this record.
                }
            });
        }
        return new MergedOffsets(group, ballots);
    }

    /** Whether all values are present; they may be from a file that somebody wrote. */
    boolean isComplete() {
        return group != null
                && ballots != null
                && ballots.values().stream()
                        .allMatch(offsets ->
                                offsets != null && offsets.values().stream().allMatch(Objects::nonNull));
    }

    /** Whether a tally that counts the record at this position had been merged. */
    public boolean covers(String ballotId, int partition, long offset) {
        return ballots.getOrDefault(ballotId, Map.of()).getOrDefault(partition, 0L) > offset;
    }
}
