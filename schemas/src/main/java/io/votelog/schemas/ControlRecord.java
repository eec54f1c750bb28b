// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import io.votelog.events.BallotClosed;
import io.votelog.events.BallotEnded;
import io.votelog.events.BallotPublished;
import io.votelog.events.BallotReady;
import io.votelog.events.BallotStage;
import io.votelog.events.GatewayKeyNamed;
import io.votelog.events.KeyId;
import io.votelog.events.Sha256;
import io.votelog.events.VoteAnnulled;
import io.votelog.rules.Annulment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record of {@link Topics#VOTES} or {@link Topics#BALLOTS} that orders something for a ballot: {@link Published}, {@link Ready},
 * {@link Closed}, {@link Ended} or {@link Annulled}; or that names a gateway's key: {@link GatewayKey}. {@link LogSigner} writes them.
 *
 * <p>The type says what stands in the record and whether that is consistent: who signed it, whether a definition is the one that the
 * record names. It does not say what the record does to a ballot. Gateway, topology and auditor each decide that themselves, by the
 * cases of {@link InVotes#match} and {@link InBallots#match}; a kind of record that is added is a case that each of them has to have.
 *
 * <p>Nothing is checked before it is asked for: a record of this type may be anybody's.
 */
public sealed interface ControlRecord {
    /** In the place of a ballot's digest, in a record that is for none. */
    Sha256 NO_DIGEST = new Sha256(new byte[32]);

    /** What every control record says. */
    Head head();

    /** The id of the ballot, as the record has it: of any length and any letters; empty for a gateway's key. */
    default String ballotId() {
        return head().ballotId();
    }

    /** SHA-256 of the ballot's definition, as the record has it; zeros for a gateway's key. */
    default Sha256 digest() {
        return head().digest();
    }

    /** The partition of votes that this copy is written for, or {@link LogSigner#CLAIM}; see {@link #isForBallots}. */
    default int partition() {
        return head().partition();
    }

    /** The key that the record says to be signed with. */
    default KeyId keyId() {
        return head().keyId();
    }

    /** Whether one of these keys, the one that the record names, signed all its bytes. */
    default boolean signedBy(LogKeys keys) {
        return keys.signed(head().value(), keyId());
    }

    /**
     * Whether the record is written for the topic of ballots: it is the claim to an id, the intent to close, or a mark that a stage is
     * done, and no copy for a partition of votes.
     */
    default boolean isForBallots() {
        return partition() == LogSigner.CLAIM;
    }

    /** Whether a record's key is the ballot's id in UTF-8, as it is in the topic of ballots. */
    default boolean isUnder(byte @Nullable [] key) {
        return Arrays.equals(key, ballotId().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The control record of votes that holds this event.
     *
     * @param value the bytes of the record that the event was decoded from; the signature is over them
     * @return empty when no such event belongs into votes, or it is a vote
     */
    static Optional<InVotes> inVotes(SpecificRecord event, byte[] value) {
        return of(event, value).filter(InVotes.class::isInstance).map(InVotes.class::cast);
    }

    /**
     * The control record of ballots that holds this event.
     *
     * @param value the bytes of the record that the event was decoded from; the signature is over them
     * @return empty when no such event belongs into ballots
     */
    static Optional<InBallots> inBallots(SpecificRecord event, byte[] value) {
        return of(event, value).filter(InBallots.class::isInstance).map(InBallots.class::cast);
    }

    /** The one chain of instanceof, since the events that Avro generates are no sealed family. */
    private static Optional<ControlRecord> of(SpecificRecord event, byte[] value) {
        if (event instanceof BallotPublished published) {
            return Optional.of(new Published(
                    new Head(
                            published.getBallotId(),
                            published.getDigest(),
                            published.getPartition(),
                            published.getKeyId(),
                            value),
                    published));
        }
        if (event instanceof BallotReady ready) {
            return Optional.of(new Ready(
                    new Head(ready.getBallotId(), ready.getDigest(), LogSigner.CLAIM, ready.getKeyId(), value),
                    ready.getStage()));
        }
        if (event instanceof BallotClosed closed) {
            return Optional.of(new Closed(new Head(
                    closed.getBallotId(), closed.getDigest(), closed.getPartition(), closed.getKeyId(), value)));
        }
        if (event instanceof BallotEnded ended) {
            return Optional.of(new Ended(
                    new Head(ended.getBallotId(), ended.getDigest(), ended.getPartition(), ended.getKeyId(), value)));
        }
        if (event instanceof VoteAnnulled annulled) {
            return Optional.of(new Annulled(
                    new Head(
                            annulled.getBallotId(),
                            annulled.getDigest(),
                            annulled.getPartition(),
                            annulled.getKeyId(),
                            value),
                    new Receipt(Pseudonym.of(annulled.getVoter().bytes()), annulled.getVoteId()),
                    annulled.getReason()));
        }
        if (event instanceof GatewayKeyNamed named) {
            return Optional.of(new GatewayKey(
                    new Head("", NO_DIGEST, LogSigner.CLAIM, named.getKeyId(), value),
                    named.getPublicKey().bytes()));
        }
        return Optional.empty();
    }

    /**
     * What every control record says.
     *
     * @param ballotId of any length and any letters
     * @param digest SHA-256 of the ballot's definition
     * @param partition of votes, or {@link LogSigner#CLAIM}
     * @param keyId the key that is said to have signed
     * @param value all bytes of the record, the signature last
     */
    record Head(String ballotId, Sha256 digest, int partition, KeyId keyId, byte[] value) {}

    /** A control record that belongs into votes. */
    sealed interface InVotes extends ControlRecord {
        /** Calls the case that the record is. */
        <R, X extends Exception> R match(Cases<R, X> cases) throws X;

        /** A case for each control record of votes. */
        interface Cases<R, X extends Exception> {
            R published(Published published) throws X;

            R closed(Closed closed) throws X;

            R ended(Ended ended) throws X;

            R annulled(Annulled annulled) throws X;
        }
    }

    /** A control record that belongs into ballots. */
    sealed interface InBallots extends ControlRecord {
        /** Calls the case that the record is. */
        <R, X extends Exception> R match(Cases<R, X> cases) throws X;

        /** A case for each control record of ballots. */
        interface Cases<R, X extends Exception> {
            R published(Published claim) throws X;

            R ready(Ready ready) throws X;

            R closed(Closed intent) throws X;

            R gatewayKey(GatewayKey key) throws X;
        }
    }

    /** In ballots a claim to an id with a definition; in a partition of votes the beginning of the ballot there. */
    record Published(Head head, BallotPublished event) implements InVotes, InBallots {
        /** How many partitions of votes the ballot is spread over, as the record has it: any number. */
        public int partitionCount() {
            return event.getPartitionCount();
        }

        /** Whether the ballot is spread over the partition that this copy is for; of a claim, whether it is over one at least. */
        public boolean reachesItsPartition() {
            return partitionCount() > Math.max(partition(), 0);
        }

        /**
         * The definition in the record, which need not be the one that the record names: see {@link #untruth}.
         *
         * @throws MalformedEventException as {@link BallotDefinition#parse(BallotPublished)}
         */
        public BallotDefinition definition() throws MalformedEventException {
            return BallotDefinition.parse(event);
        }

        /**
         * What the record says of its definition that is not so: the ballot's id, or the digest.
         *
         * @param definition that the record holds
         * @return a clause whose subject is the record; empty when both are the definition's
         */
        public Optional<String> untruth(BallotDefinition definition) {
            String defined = definition.ballot().id();
            if (!defined.equals(ballotId())) {
                return Optional.of("it claims %s for the definition of %s".formatted(ballotId(), defined));
            }
            return definition.digest().equals(digest())
                    ? Optional.empty()
                    : Optional.of("its digest is not that of its definition");
        }

        @Override
        public <R, X extends Exception> R match(InVotes.Cases<R, X> cases) throws X {
            return cases.published(this);
        }

        @Override
        public <R, X extends Exception> R match(InBallots.Cases<R, X> cases) throws X {
            return cases.published(this);
        }
    }

    /** A stage of the ballot's life stands in every partition of votes that the ballot is for. */
    record Ready(Head head, BallotStage stage) implements InBallots {
        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.ready(this);
        }
    }

    /** In ballots the intent to close early; in a partition of votes the early end there. */
    record Closed(Head head) implements InVotes, InBallots {
        @Override
        public <R, X extends Exception> R match(InVotes.Cases<R, X> cases) throws X {
            return cases.closed(this);
        }

        @Override
        public <R, X extends Exception> R match(InBallots.Cases<R, X> cases) throws X {
            return cases.closed(this);
        }
    }

    /**
     * The key with which a gateway signs promises. It is for no ballot.
     *
     * @param publicKey its 32 raw bytes
     */
    record GatewayKey(Head head, byte[] publicKey) implements InBallots {
        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.gatewayKey(this);
        }
    }

    /** The ballot's time is over. */
    record Ended(Head head) implements InVotes {
        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.ended(this);
        }
    }

    /** A vote shall no longer count: the one that the receipt is of. */
    record Annulled(Head head, Receipt receipt, String reason) implements InVotes {
        /** The partition that the voter's votes are in, when the ballot is spread over so many. */
        public int belongsInto(int partitionCount) {
            return receipt.voter().partition(partitionCount);
        }

        /** What is wrong with the reason; see {@link Annulment#faultOf}. */
        public Optional<String> reasonFault() {
            return Annulment.faultOf(reason);
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.annulled(this);
        }
    }
}
