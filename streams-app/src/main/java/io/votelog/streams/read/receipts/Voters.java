// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import io.votelog.rules.Decision.PartitionBallot;
import io.votelog.schemas.Pseudonym;
import io.votelog.streams.read.instances.OwnAddress;
import io.votelog.streams.read.problem.Problems;
import io.votelog.streams.topology.BallotRow;
import io.votelog.streams.topology.PartitionPosition;
import io.votelog.streams.topology.StoreNames;
import io.votelog.streams.topology.VoterKey;
import io.votelog.streams.topology.VoterRow;
import io.votelog.streams.topology.VotersPosition;
import io.votelog.web.problem.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a voter, read from the stores that the topology writes, or from their copies. The stores also hold what no
 * transaction has committed yet, so whoever asks says up to where the committed results have counted, and gets nothing from
 * behind there.
 */
final class Voters {
    private final CountStores stores;
    private final OwnAddress self;

    Voters(CountStores stores, OwnAddress self) {
        this.stores = stores;
        this.self = self;
    }

    /**
     * The instances that hold this voter's row, in the order in which to ask them: the one that processes the voter's
     * partition, then those with a copy of the row, of them this one first.
     *
     * @param partitionCount over which the ballot's votes are spread; votes may have got more partitions since
     * @throws InvalidStateStoreException while no instance holds it
     */
    List<HostInfo> holders(Pseudonym voter, String ballotId, int partitionCount) {
        KeyQueryMetadata at = stores.holders(
                StoreNames.VOTERS,
                VoterKey.of(voter.bytes(), ballotId),
                (topic, key, value, ofTopic) -> Optional.of(Set.of(VoterKey.partition(key, partitionCount))));
        List<HostInfo> holders = new ArrayList<>(at.standbyHosts());
        holders.sort(Comparator.comparing(host -> !isHere(host)));
        holders.add(0, at.activeHost());
        holders.removeIf(HostInfo.unavailable()::equals);
        if (self.isContested() && holders.stream().noneMatch(this::isHere)) {
            // Of two instances with one address Kafka Streams knows what one of them holds.
            holders.add(self.host());
        }
        if (holders.isEmpty()) {
            throw new InvalidStateStoreException("nobody holds the voter's partition now");
        }
        return holders;
    }

    /** Whether this is the instance itself. */
    boolean isHere(HostInfo host) {
        return host.equals(self.host());
    }

    /** The problem that nobody who holds a voter can answer for it now. */
    Problem nobodyAnswers() {
        return self.isContested()
                ? Problems.unavailable(
                        "shared-address",
                        "The instance that holds this voter cannot be asked: two instances have the same address.")
                : Problems.moving();
    }

    /**
     * The voter's row in the store that this instance processes, else in its copy.
     *
     * @param countedTo the offset behind the last one of the partition that is committed
     * @param anyAnnulled whether some vote of the ballot is annulled, as far as it is committed
     * @throws InvalidStateStoreException when this instance has neither
     */
    VoterCopy find(Pseudonym voter, String ballotId, int partition, long countedTo, boolean anyAnnulled) {
        byte[] key = VoterKey.of(voter.bytes(), ballotId);
        try {
            return inUse(key, partition, countedTo, anyAnnulled);
        } catch (InvalidStateStoreException notProcessedHere) {
            return followed(key, partition, countedTo, anyAnnulled);
        }
    }

    /** An instance that was paused, and not told yet that another took its place, is behind. */
    private VoterCopy inUse(byte[] key, int partition, long countedTo, boolean anyAnnulled) {
        byte @Nullable [] position =
                stores.<String>local(StoreNames.PARTITION_TALLIES, partition).get(PartitionPosition.KEY);
        ReadOnlyKeyValueStore<byte[], byte[]> voters = stores.local(StoreNames.VOTERS, partition);
        boolean whole = PartitionPosition.decode(position).nextOffset() >= countedTo;
        return new VoterCopy(VoterRow.decode(voters.get(key)), countedTo, whole, anyAnnulled);
    }

    /** The tally's position says nothing here: its copy comes by another changelog. */
    private VoterCopy followed(byte[] key, int partition, long countedTo, boolean anyAnnulled) {
        ReadOnlyKeyValueStore<byte[], byte[]> voters = stores.copy(StoreNames.VOTERS, partition);
        boolean whole = VotersPosition.of(voters) >= countedTo;
        VoterRow row = VoterRow.decode(voters.get(key));
        // In between, the store may have been emptied to be restored anew.
        return new VoterCopy(row, countedTo, whole && VotersPosition.of(voters) >= countedTo, anyAnnulled);
    }

    /**
     * Where the ballot begins and ends in a partition, or nothing when it does not stand there.
     *
     * @throws InvalidStateStoreException when this instance does not process the partition: a copy may be behind
     */
    @Nullable
    PartitionBallot poll(String ballotId, int partition) {
        byte @Nullable [] row =
                stores.<String>local(StoreNames.POLLS, partition).get(ballotId);
        return row == null ? null : BallotRow.decode(row).poll();
    }
}
