package io.votelog.streams.read;

import io.votelog.rules.Decision.Poll;
import io.votelog.schemas.Pseudonym;
import io.votelog.streams.topology.PartitionPosition;
import io.votelog.streams.topology.PollRow;
import io.votelog.streams.topology.StoreNames;
import io.votelog.streams.topology.VoterKey;
import io.votelog.streams.topology.VoterRow;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a voter, read from the stores that the topology writes. They also hold what no transaction has
 * committed yet, so whoever asks says up to where the committed results have counted, and gets nothing from behind there.
 */
final class Voters {
    private static final StreamPartitioner<byte[], byte[]> BY_VOTER =
            (topic, key, value, partitionCount) -> Optional.of(Set.of(VoterKey.partition(key, partitionCount)));

    private final Stores stores;
    private final HostInfo self;

    /** @param self what this instance calls itself among the others */
    Voters(Stores stores, HostInfo self) {
        this.stores = stores;
        this.self = self;
    }

    /**
     * The other instance that holds this voter's row, or nothing when it is this one.
     *
     * @throws InvalidStateStoreException while no instance holds it
     */
    Optional<HostInfo> elsewhere(Pseudonym voter, String ballotId) {
        KeyQueryMetadata at =
                stores.streams().queryMetadataForKey(StoreNames.VOTERS, VoterKey.of(voter.bytes(), ballotId), BY_VOTER);
        if (at.equals(KeyQueryMetadata.NOT_AVAILABLE) || at.activeHost().equals(HostInfo.unavailable())) {
            throw new InvalidStateStoreException("nobody processes the voter's partition now");
        }
        return at.activeHost().equals(self) ? Optional.empty() : Optional.of(at.activeHost());
    }

    /**
     * The voter's row, without what is not committed.
     *
     * @param countedTo the offset behind the last one of the partition that is committed
     * @throws InvalidStateStoreException when this instance does not hold it, or holds an older state than the committed
     *     one, as an instance does that was paused and not told yet that another took its place
     */
    VoterRow row(Pseudonym voter, String ballotId, int partition, long countedTo) {
        byte @Nullable [] position =
                stores.<String>local(StoreNames.PARTITION_TALLIES, partition).get(PartitionPosition.KEY);
        if (PartitionPosition.decode(position).nextOffset() < countedTo) {
            throw new InvalidStateStoreException("the stores here are behind the committed results");
        }
        ReadOnlyKeyValueStore<byte[], byte[]> voters = stores.local(StoreNames.VOTERS, partition);
        VoterRow row = VoterRow.decode(voters.get(VoterKey.of(voter.bytes(), ballotId)));
        return new VoterRow(
                row.accepted() != null && row.accepted().offset() < countedTo ? row.accepted() : null,
                row.refused() != null && row.refused().offset() < countedTo ? row.refused() : null);
    }

    /**
     * Where the ballot begins and ends in a partition, or nothing when it does not stand there.
     *
     * @throws InvalidStateStoreException when this instance does not hold the partition
     */
    @Nullable
    Poll poll(String ballotId, int partition) {
        byte @Nullable [] row =
                stores.<String>local(StoreNames.POLLS, partition).get(ballotId);
        return row == null ? null : PollRow.decode(row).poll();
    }
}
