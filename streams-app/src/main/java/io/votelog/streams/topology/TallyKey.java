package io.votelog.streams.topology;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.StreamPartitioner;

/** Keys of the tallies topic: ballot id, a slash, the partition of votes. All of one ballot's are in one partition. */
final class TallyKey {
    /** Sends all tallies of one ballot to one partition. */
    static final StreamPartitioner<byte[], byte[]> BY_BALLOT = (topic, key, value, partitionCount) ->
            Optional.of(Set.of(partition(ballotId(new String(key, StandardCharsets.UTF_8)), partitionCount)));

    private TallyKey() {}

    static String of(String ballotId, int partition) {
        return ballotId + "/" + partition;
    }

    static String ballotId(String key) {
        return key.substring(0, Math.max(0, key.lastIndexOf('/')));
    }

    private static int partition(String ballotId, int partitionCount) {
        return Utils.toPositive(Utils.murmur2(ballotId.getBytes(StandardCharsets.UTF_8))) % partitionCount;
    }
}
