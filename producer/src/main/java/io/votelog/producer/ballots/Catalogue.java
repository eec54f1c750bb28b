// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import io.votelog.events.PepperFingerprint;
import io.votelog.producer.crypto.Pepper;
import io.votelog.producer.problem.Problems;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.ControlRecord;
import io.votelog.schemas.ControlRecord.Closed;
import io.votelog.schemas.ControlRecord.GatewayKey;
import io.votelog.schemas.ControlRecord.Published;
import io.votelog.schemas.ControlRecord.Ready;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.MalformedEventException;
import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemException;
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
        ControlRecord.InBallots record = ControlRecord.inBallots(event, value)
                .orElseThrow(() -> new PassedOverException(
                        "a %s does not belong there".formatted(event.getSchema().getName())));
        requireObeyed(record, key);
        return record.match(new Change(offset)).orElse(null);
    }

    /** What each record of the ballots topic makes of its ballot; empty where that stays as it was. */
    private final class Change implements ControlRecord.InBallots.Cases<Optional<ListedBallot>, PassedOverException> {
        private final long offset;

        Change(long offset) {
            this.offset = offset;
        }

        @Override
        public Optional<ListedBallot> published(Published claim) throws PassedOverException {
            return claimed(offset, claim);
        }

        @Override
        public Optional<ListedBallot> ready(Ready ready) throws PassedOverException {
            ListedBallot listed = standing(ready);
            return switch (ready.stage()) {
                case PUBLISHED -> listed.published() ? Optional.empty() : Optional.of(listed.withPublished());
                case CLOSED -> listed.closed() ? Optional.empty() : Optional.of(listed.withClosed());
                case ENDED -> listed.ended() ? Optional.empty() : Optional.of(listed.withEnded());
                case UNSPECIFIED -> throw new PassedOverException("it names a stage that is not known here");
            };
        }

        @Override
        public Optional<ListedBallot> closed(Closed intent) throws PassedOverException {
            ListedBallot listed = standing(intent);
            return listed.closing() ? Optional.empty() : Optional.of(listed.withClosing());
        }

        @Override
        public Optional<ListedBallot> gatewayKey(GatewayKey key) {
            return Optional.empty();
        }
    }

    private Optional<ListedBallot> claimed(long offset, Published claim) throws PassedOverException {
        if (!claim.reachesItsPartition()) {
            throw new PassedOverException("it is for %d partitions of votes".formatted(claim.partitionCount()));
        }
        BallotDefinition definition;
        try {
            definition = claim.definition();
        } catch (MalformedEventException e) {
            throw new PassedOverException(String.valueOf(e.getMessage()));
        }
        Optional<String> untruth = claim.untruth(definition);
        if (untruth.isPresent()) {
            throw new PassedOverException(untruth.get());
        }
        String id = claim.ballotId();
        if (ballots.containsKey(id)) {
            return Optional.empty();
        }
        List<Long> voteSchemas = List.copyOf(claim.event().getVoteSchemas());
        PepperFingerprint fingerprint = claim.event().getPepperFingerprint();
        Problem unserved = unserved(id, claim.partitionCount(), voteSchemas, fingerprint);
        if (unserved != null) {
            LOG.error("This gateway takes no votes for ballot {}: {}", id, unserved.detail());
        }
        return Optional.of(new ListedBallot(
                definition,
                offset,
                claim.partitionCount(),
                voteSchemas,
                fingerprint,
                false,
                false,
                false,
                false,
                unserved));
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

    private void requireObeyed(ControlRecord record, byte @Nullable [] key) throws PassedOverException {
        if (!record.signedBy(keys)) {
            throw new PassedOverException("none of the configured keys signed it (it names key %s)"
                    .formatted(HexFormat.of().formatHex(record.keyId().bytes())));
        }
        if (!record.isUnder(key)) {
            throw new PassedOverException("its key is not its ballot's id, " + record.ballotId());
        }
        if (!record.isForBallots()) {
            throw new PassedOverException("it is a copy for partition %d of votes".formatted(record.partition()));
        }
    }

    private ListedBallot standing(ControlRecord record) throws PassedOverException {
        ListedBallot listed = ballots.get(record.ballotId());
        if (listed == null) {
            throw new PassedOverException("no ballot %s is published before it".formatted(record.ballotId()));
        }
        if (!listed.definition().digest().equals(record.digest())) {
            throw new PassedOverException("ballot %s has another digest".formatted(record.ballotId()));
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
