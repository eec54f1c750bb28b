// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import io.votelog.rules.Decision.PartitionBallot;
import io.votelog.schemas.Pseudonym;
import io.votelog.streams.read.instances.OwnAddress;
import io.votelog.streams.read.problem.Problems;
import io.votelog.streams.topology.rows.VoterKey;
import io.votelog.streams.topology.rows.VoterRow;
import io.votelog.streams.topology.voters.VotersView;
import io.votelog.web.problem.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;

/**
 * Looks up voters in the stores that the topology writes, or in their standby copies. The stores also hold what no transaction
 * has committed yet; so a caller says up to which offset the committed results have counted, and gets nothing from behind it.
 */
final class VoterLookup {
    private final CountStores stores;
    private final OwnAddress self;
    private final PartitionBallots partitionBallots = new PartitionBallots();

    VoterLookup(CountStores stores, OwnAddress self) {
        this.stores = stores;
        this.self = self;
    }

    /**
     * The instances that hold this voter's row, in the order in which to ask them: first the one that processes the voter's
     * partition, then those with a standby copy, this instance first among them.
     *
     * @param partitionCount over how many partitions the ballot's votes are spread; the topic may have got more since
     * @throws InvalidStateStoreException while no instance holds the row
     */
    List<HostInfo> holders(Pseudonym voter, String ballotId, int partitionCount) {
        KeyQueryMetadata at = stores.holders(
                VoterKey.of(voter.bytes(), ballotId),
                (topic, key, value, ofTopic) -> Optional.of(Set.of(VoterKey.partition(key, partitionCount))));
        List<HostInfo> holders = new ArrayList<>(at.standbyHosts());
        holders.sort(Comparator.comparing(host -> !isHere(host)));
        holders.add(0, at.activeHost());
        holders.removeIf(HostInfo.unavailable()::equals);
        if (self.isContested() && holders.stream().noneMatch(this::isHere)) {
            // Kafka Streams takes two instances with one address for one, so this one may hold the row too.
            holders.add(self.host());
        }
        if (holders.isEmpty()) {
            throw new InvalidStateStoreException("nobody holds the voter's partition now");
        }
        return holders;
    }

    /** Whether this address is the instance's own. */
    boolean isHere(HostInfo host) {
        return host.equals(self.host());
    }

    /** The problem that no holder of the voter's row can answer now. */
    Problem nobodyAnswers() {
        return self.isContested()
                ? Problems.unavailable(
                        "shared-address",
                        "The instance that holds this voter cannot be asked: two instances have the same address.")
                : Problems.moving();
    }

    /**
     * The voter's row in the store that this instance processes, else in its standby copy.
     *
     * @param countedTo the offset up to which the partition is committed
     * @param anyAnnulled whether any vote on the ballot is annulled, in committed results
     * @throws InvalidStateStoreException when this instance has neither
     */
    CommittedVoter find(Pseudonym voter, String ballotId, int partition, long countedTo, boolean anyAnnulled) {
        // Even the store that is processed here may be behind: in an instance that was paused and has not heard yet
        // that
        // another took its place.
        VotersView voters = stores.activeOrStandby(partition);
        boolean whole = voters.nextOffset() >= countedTo;
        VoterRow row = voters.voter(voter.bytes(), ballotId);
        // The store may have been emptied for a new restore in the meantime, so its position is read again.
        return new CommittedVoter(row, countedTo, whole && voters.nextOffset() >= countedTo, anyAnnulled);
    }

    /**
     * The beginning and end of the ballot in a partition; null when the ballot is not there.
     *
     * @throws InvalidStateStoreException when this instance does not process the partition: a standby copy may be behind
     */
    @Nullable
    PartitionBallot partitionBallot(String ballotId, int partition) {
        byte @Nullable [] row = stores.active(partition).ballot(ballotId);
        return row == null ? null : partitionBallots.of(ballotId, partition, row);
    }
}
