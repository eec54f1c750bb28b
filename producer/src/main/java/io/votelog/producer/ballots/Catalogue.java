// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import io.votelog.events.BallotClosed;
import io.votelog.events.BallotPublished;
import io.votelog.events.BallotReady;
import io.votelog.events.KeyId;
import io.votelog.events.PepperFingerprint;
import io.votelog.events.Sha256;
import io.votelog.producer.crypto.Pepper;
import io.votelog.producer.problem.Problems;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.MalformedEventException;
import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ballots, as the ballots topic tells of them: a function of its records, in their order. One thread applies them; any thread
 * may ask.
 */
public final class Catalogue {
    private static final Logger LOG = LoggerFactory.getLogger(Catalogue.class);

    private static final int LOGGED_EACH = 10;
    private static final int LONGEST_REASON = 500;

    private final LogKeys keys;
    private final Pepper pepper;
    private final Map<String, ListedBallot> ballots = new ConcurrentHashMap<>();
    private final List<Consumer<ListedBallot>> listeners = new CopyOnWriteArrayList<>();

    /** Guarded by itself: who waits for the record at an offset to be applied. */
    private final TreeMap<Long, CompletableFuture<Void>> waiting = new TreeMap<>();

    private volatile long position;
    private volatile int votePartitions;
    private volatile long passedOver;

    /**
     * @param keys whose records are obeyed
     * @param pepper this gateway's
     * @param votePartitions how many partitions the votes topic has; see {@link #votesHave}
     */
    Catalogue(LogKeys keys, Pepper pepper, int votePartitions) {
        this.keys = keys;
        this.pepper = pepper;
        this.votePartitions = votePartitions;
    }

    /** Has the listener called, in the applying thread, with each ballot that changed. It must not block. */
    public void onChange(Consumer<ListedBallot> listener) {
        listeners.add(listener);
    }

    /** The ballot of that id, whatever its stage. */
    public Optional<ListedBallot> find(String ballotId) {
        return Optional.ofNullable(ballots.get(ballotId));
    }

    /**
     * The ballot of that id, for which this gateway may take votes as far as its window allows.
     *
     * @throws ProblemException when there is none (404), or it cannot be served here or not yet (503)
     */
    public ListedBallot servable(String ballotId) {
        ListedBallot listed = ballots.get(ballotId);
        if (listed == null) {
            throw Problems.unknownBallot(ballotId).exception();
        }
        if (listed.unserved() != null) {
            throw listed.unserved().exception();
        }
        return ready(listed);
    }

    /**
     * The ballot of that id, votes of which can be annulled here. That needs neither the pepper, which may be destroyed when fraud
     * is found, nor a vote.
     *
     * @throws ProblemException when there is none (404), or it is not ready or not for this topic (503)
     */
    ListedBallot annullable(String ballotId) {
        ListedBallot listed = ballots.get(ballotId);
        if (listed == null) {
            throw Problems.unknownBallot(ballotId).exception();
        }
        if (listed.partitionCount() > votePartitions) {
            throw tooFewPartitions(ballotId, listed.partitionCount()).exception();
        }
        return ready(listed);
    }

    private static ListedBallot ready(ListedBallot listed) {
        if (!listed.published()) {
            throw Problems.unavailable(
                            "ballot %s is being published and not yet ready for votes".formatted(listed.id()))
                    .exception();
        }
        return listed;
    }

    /** All ballots, by id. */
    public List<ListedBallot> all() {
        return ballots.values().stream()
                .sorted(Comparator.comparing(ListedBallot::id))
                .toList();
    }

    /**
     * Says how many partitions the votes topic has by now. A ballot that is for more of them than were known is served from then on.
     * The applying thread alone may say it.
     */
    void votesHave(int partitions) {
        if (partitions == votePartitions) {
            return;
        }
        LOG.warn(
                "The votes topic has {} partitions by now, and had {}. Ballots stay in those that they were published with",
                partitions,
                votePartitions);
        votePartitions = partitions;
        for (ListedBallot listed : all()) {
            Problem unserved =
                    unserved(listed.id(), listed.partitionCount(), listed.voteSchemas(), listed.pepperFingerprint());
            if ((unserved == null) != (listed.unserved() == null)) {
                change(listed.withUnserved(unserved));
            }
        }
    }

    /** How many records of the ballots topic had no effect since they were none that belong there. */
    long passedOver() {
        return passedOver;
    }

    /** The offset of the next record to be applied. */
    long position() {
        return position;
    }

    /** Completes when the record at that offset has been applied. */
    CompletableFuture<Void> applied(long offset) {
        synchronized (waiting) {
            return position > offset
                    ? CompletableFuture.completedFuture(null)
                    : waiting.computeIfAbsent(offset, unused -> new CompletableFuture<>());
        }
    }

    /** Applies a record of the ballots topic; one that is not well formed or not signed is logged and has no effect. */
    void apply(long offset, byte @Nullable [] key, byte @Nullable [] value) {
        ListedBallot changed = null;
        try {
            changed = change(offset, key, value);
        } catch (PassedOverException | MalformedEventException e) {
            passOver(offset, e);
        } catch (RuntimeException | StackOverflowError e) {
            // Whatever bytes stand there, those behind them are read.
            passOver(offset, e);
        }
        if (changed != null) {
            // Before those who wait for this record go on, so that what they plan is newer than what the listeners
            // plan.
            change(changed);
        }
        List<CompletableFuture<Void>> reached;
        synchronized (waiting) {
            position = offset + 1;
            Map<Long, CompletableFuture<Void>> head = waiting.headMap(offset, true);
            reached = List.copyOf(head.values());
            head.clear();
        }
        reached.forEach(future -> future.complete(null));
    }

    private void change(ListedBallot changed) {
        ballots.put(changed.id(), changed);
        for (Consumer<ListedBallot> listener : listeners) {
            listener.accept(changed);
        }
    }

    /** Says so of the first ten, and then of ever fewer: somebody may have written thousands. */
    private void passOver(long offset, Throwable why) {
        long before = passedOver;
        passedOver = before + 1;
        if (before < LOGGED_EACH || Long.bitCount(passedOver) == 1) {
            String said = String.valueOf(why.getMessage());
            LOG.warn(
                    "The record at offset {} of the ballots topic is passed over, as {} before it: {}",
                    offset,
                    before,
                    said.length() <= LONGEST_REASON ? said : said.substring(0, LONGEST_REASON) + "…");
        }
    }

    /** The ballot as the record leaves it, or null when it leaves everything as it was. */
    private @Nullable ListedBallot change(long offset, byte @Nullable [] key, byte @Nullable [] value)
            throws PassedOverException, MalformedEventException {
        if (value == null) {
            throw new PassedOverException("it has no value");
        }
        SpecificRecord event = Events.decode(value).event();
        // A chain of instanceof, since Avro's generated events are no sealed family.
        if (event instanceof BallotPublished claim) {
            require(key, value, claim.getBallotId(), claim.getKeyId());
            return claimed(offset, claim);
        }
        if (event instanceof BallotReady ready) {
            require(key, value, ready.getBallotId(), ready.getKeyId());
            ListedBallot listed = standing(ready.getBallotId(), ready.getDigest());
            return switch (ready.getStage()) {
                case PUBLISHED -> listed.published() ? null : listed.withPublished();
                case CLOSED -> listed.closed() ? null : listed.withClosed();
                case ENDED -> listed.ended() ? null : listed.withEnded();
                case UNSPECIFIED -> throw new PassedOverException("it names a stage that is not known here");
            };
        }
        if (event instanceof BallotClosed intent) {
            require(key, value, intent.getBallotId(), intent.getKeyId());
            requireIntent(intent.getPartition());
            ListedBallot listed = standing(intent.getBallotId(), intent.getDigest());
            return listed.closing() ? null : listed.withClosing();
        }
        throw new PassedOverException(
                "a %s does not belong there".formatted(event.getSchema().getName()));
    }

    private @Nullable ListedBallot claimed(long offset, BallotPublished claim)
            throws PassedOverException, MalformedEventException {
        requireIntent(claim.getPartition());
        if (claim.getPartitionCount() < 1) {
            throw new PassedOverException("it is for %d partitions of votes".formatted(claim.getPartitionCount()));
        }
        BallotDefinition definition = BallotDefinition.parse(claim);
        if (!definition.ballot().id().equals(claim.getBallotId())) {
            throw new PassedOverException("it claims %s for the definition of %s"
                    .formatted(claim.getBallotId(), definition.ballot().id()));
        }
        if (!definition.digest().equals(claim.getDigest())) {
            throw new PassedOverException("its digest is not that of its definition");
        }
        if (ballots.containsKey(claim.getBallotId())) {
            return null;
        }
        Problem unserved = unserved(
                claim.getBallotId(), claim.getPartitionCount(), claim.getVoteSchemas(), claim.getPepperFingerprint());
        if (unserved != null) {
            LOG.error("This gateway takes no votes for ballot {}: {}", claim.getBallotId(), unserved.detail());
        }
        return new ListedBallot(
                definition,
                offset,
                claim.getPartitionCount(),
                List.copyOf(claim.getVoteSchemas()),
                claim.getPepperFingerprint(),
                false,
                false,
                false,
                false,
                unserved);
    }

    private @Nullable Problem unserved(
            String ballotId, int partitionCount, List<Long> voteSchemas, PepperFingerprint fingerprint) {
        if (!pepper.fingerprint(ballotId).equals(fingerprint)) {
            return Problems.unserved(
                    "pepper-mismatch",
                    "ballot %s was published with another pepper than this gateway has (votelog.pepper)"
                            .formatted(ballotId));
        }
        if (partitionCount > votePartitions) {
            return tooFewPartitions(ballotId, partitionCount);
        }
        if (!voteSchemas.contains(Events.VOTE_CAST_FINGERPRINT)) {
            return Problems.unserved(
                    "vote-schema-mismatch",
                    "ballot %s does not allow votes in the schema that this gateway writes (%s)"
                            .formatted(ballotId, Events.hex(Events.VOTE_CAST_FINGERPRINT)));
        }
        return null;
    }

    private Problem tooFewPartitions(String ballotId, int partitionCount) {
        return Problems.unserved(
                "partition-count-mismatch",
                "ballot %s is for %d partitions of votes, and the topic has %d"
                        .formatted(ballotId, partitionCount, votePartitions));
    }

    private void require(byte @Nullable [] key, byte[] value, String ballotId, KeyId keyId) throws PassedOverException {
        if (!keys.signed(value, keyId)) {
            throw new PassedOverException("none of the configured keys signed it (it names key %s)"
                    .formatted(HexFormat.of().formatHex(keyId.bytes())));
        }
        if (key == null || !new String(key, StandardCharsets.UTF_8).equals(ballotId)) {
            throw new PassedOverException("its key is not its ballot's id, " + ballotId);
        }
    }

    private static void requireIntent(int partition) throws PassedOverException {
        if (partition != LogSigner.CLAIM) {
            throw new PassedOverException("it is a copy for partition %d of votes".formatted(partition));
        }
    }

    private ListedBallot standing(String ballotId, Sha256 digest) throws PassedOverException {
        ListedBallot listed = ballots.get(ballotId);
        if (listed == null) {
            throw new PassedOverException("no ballot %s is published before it".formatted(ballotId));
        }
        if (!listed.definition().digest().equals(digest)) {
            throw new PassedOverException("ballot %s has another digest".formatted(ballotId));
        }
        return listed;
    }

    private static final class PassedOverException extends Exception {
        private static final long serialVersionUID = 1L;

        PassedOverException(String message) {
            super(message);
        }
    }
}
