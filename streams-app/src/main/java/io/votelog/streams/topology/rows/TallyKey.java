// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.rows;

import io.votelog.events.PartitionTurnout;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.StreamPartitioner;

/**
 * Keys of the topic of tallies: ballot id, a slash, the partition of votes. Keys of the topic of turnout: the same, then a
 * slash and the start of the hour as {@code 2021-12-05T01:00:00Z}. All keys of one ballot go to one partition.
 */
public final class TallyKey {
    /** Sends all records of one ballot to one partition, by the murmur2 hash of its id. */
    public static final StreamPartitioner<byte[], byte[]> BY_BALLOT = (topic, key, value, partitionCount) ->
            Optional.of(Set.of(partition(ballotId(new String(key, StandardCharsets.UTF_8)), partitionCount)));

    private TallyKey() {}

    /** The key of a tally: the ballot's id, a slash and the partition. */
    public static String of(String ballotId, int partition) {
        return ballotId + "/" + partition;
    }

    /** The key of an hour of turnout: that of the tally, a slash and the hour's beginning. */
    public static String of(PartitionTurnout turnout) {
        return of(turnout.getBallotId(), turnout.getPartition()) + "/" + turnout.getHour();
    }

    static String ballotId(String key) {
        return key.substring(0, Math.max(0, key.indexOf('/')));
    }

    private static int partition(String ballotId, int partitionCount) {
        return Utils.toPositive(Utils.murmur2(ballotId.getBytes(StandardCharsets.UTF_8))) % partitionCount;
    }
}
