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
 * How far those who add up the partitions of a ballot had come: what they had taken is in its results, or was about to be.
 *
 * @param group their consumer group
 * @param ballots by ballot id and partition of votes: a tally of every record below this offset had been taken, and that was committed
 */
@JsonPropertyOrder({"group", "ballots"})
public record Merged(String group, Map<String, Map<Integer, Long>> ballots) {
    /** What the group that merges is called: the group that counts, and this behind it. */
    private static final String SUFFIX = "-results";

    /** The consumer group that merges, from that which counts. */
    public static String group(String counting) {
        return counting + SUFFIX;
    }

    /**
     * Reads what stands in tallies before the offsets that the group has.
     *
     * @param taken by partition of tallies
     * @throws AuditException when they cannot be read
     */
    static Merged of(LogSource source, String group, Map<Integer, Long> taken) {
        Map<String, Map<Integer, Long>> ballots = new TreeMap<>();
        for (Span all : source.spans(Topics.TALLIES.name())) {
            long end = Math.min(all.end(), taken.getOrDefault(all.partition(), 0L));
            if (end <= all.begin()) {
                continue;
            }
            source.read(new Span(all.topic(), all.partition(), all.begin(), end), record -> {
                try {
                    PartitionTally tally = Events.decode(record.value(), PartitionTally.class);
                    if (Ballot.isId(tally.getBallotId())) {
                        ballots.computeIfAbsent(tally.getBallotId(), any -> new TreeMap<>())
                                .merge(tally.getPartition(), tally.getNextOffset(), Math::max);
                    }
                } catch (MalformedEventException e) {
                    // No event: nothing is added up of it.
                }
            });
        }
        return new Merged(group, ballots);
    }

    /** Whether it says what it must, as somebody wrote it. */
    boolean isWhole() {
        return group != null
                && ballots != null
                && ballots.values().stream()
                        .allMatch(offsets ->
                                offsets != null && offsets.values().stream().allMatch(Objects::nonNull));
    }

    /** Whether what was counted of the record at this place had been taken. */
    public boolean passed(String ballotId, int partition, long offset) {
        return ballots.getOrDefault(ballotId, Map.of()).getOrDefault(partition, 0L) > offset;
    }
}
