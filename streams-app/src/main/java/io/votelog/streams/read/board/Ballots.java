// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.board;

import io.votelog.events.BallotPublished;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.streams.read.problem.Problems;
import io.votelog.streams.topology.BallotsStoreProcessor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.jspecify.annotations.Nullable;

/** The ballots whose definitions are in every partition of votes, as this instance knows them. */
public final class Ballots {
    private final Function<String, byte @Nullable []> rows;
    private final Supplier<List<String>> keys;
    private final Map<String, Published> parsed = new ConcurrentHashMap<>();

    /**
     * @param rows finds a row by a key of {@link BallotsStoreProcessor}
     * @param keys gives the keys of all rows
     */
    public Ballots(Function<String, byte @Nullable []> rows, Supplier<List<String>> keys) {
        this.rows = rows;
        this.keys = keys;
    }

    /**
     * A ballot that takes votes.
     *
     * @param partitionCount over how many partitions of votes its votes are spread
     * @param voteSchemas fingerprints of the schemas that its votes may be written with
     */
    public record Published(BallotDefinition definition, int partitionCount, Set<Long> voteSchemas) {
        /** The ballot's rules. */
        public Ballot ballot() {
            return definition.ballot();
        }
    }

    /**
     * The ballot of this id, if its definition is in every partition of votes.
     *
     * @throws InvalidStateStoreException while this instance starts
     */
    public Optional<Published> find(String ballotId) {
        if (rows.apply(BallotsStoreProcessor.readyKey(ballotId)) == null) {
            return Optional.empty();
        }
        Published known = parsed.get(ballotId);
        if (known != null) {
            return Optional.of(known);
        }
        byte @Nullable [] claim = rows.apply(BallotsStoreProcessor.definitionKey(ballotId));
        if (claim == null) {
            return Optional.empty();
        }
        Published published = parse(ballotId, claim);
        parsed.put(ballotId, published);
        return Optional.of(published);
    }

    /**
     * The ballot of this id.
     *
     * @throws ProblemException 404 when there is none
     */
    public Published get(String ballotId) {
        return find(ballotId).orElseThrow(() -> Problems.unknownBallot(ballotId).exception());
    }

    /**
     * All ballots whose definitions are in every partition of votes, in no order.
     *
     * @throws InvalidStateStoreException while this instance starts
     */
    public List<Published> all() {
        return keys.get().stream()
                .flatMap(key -> BallotsStoreProcessor.readyBallot(key).stream())
                .flatMap(ballotId -> find(ballotId).stream())
                .toList();
    }

    /** Whether an early end of this ballot has been asked for. */
    public boolean closing(String ballotId) {
        return rows.apply(BallotsStoreProcessor.closedKey(ballotId)) != null;
    }

    private static Published parse(String ballotId, byte[] claim) {
        try {
            BallotPublished event = Events.decode(claim, BallotPublished.class);
            return new Published(
                    BallotDefinition.parse(event), event.getPartitionCount(), Set.copyOf(event.getVoteSchemas()));
        } catch (MalformedEventException e) {
            throw new IllegalStateException("the signed claim to ballot %s holds no ballot".formatted(ballotId), e);
        }
    }
}
