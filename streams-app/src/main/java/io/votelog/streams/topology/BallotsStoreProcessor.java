// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.BallotPublished;
import io.votelog.events.BallotStage;
import io.votelog.rules.Ballot;
import io.votelog.schemas.ControlRecord;
import io.votelog.schemas.ControlRecord.Closed;
import io.votelog.schemas.ControlRecord.GatewayKey;
import io.votelog.schemas.ControlRecord.Published;
import io.votelog.schemas.ControlRecord.Ready;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.registry.RegistryForm;
import io.votelog.streams.topology.rows.StoreNames;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps of the ballots topic what is signed and came first: under {@code <id>/definition} the claim that won, under
 * {@code <id>/ready} the mark that its definition stands in every partition of votes, under {@code <id>/closed} the intent
 * to close early.
 */
public final class BallotsStoreProcessor implements Processor<byte[], byte[], Void, Void> {
    private static final Logger LOG = LoggerFactory.getLogger(BallotsStoreProcessor.class);

    private final LogKeys keys;
    private final BiConsumer<String, byte[]> onBallots;

    private KeyValueStore<String, byte[]> store;

    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else.
    BallotsStoreProcessor(LogKeys keys, BiConsumer<String, byte[]> onBallots) {
        this.keys = keys;
        this.onBallots = onBallots;
    }

    /** Where the winning {@code BallotPublished} of a ballot stands in the store. */
    public static String definitionKey(String ballotId) {
        return ballotId + "/definition";
    }

    /** Where the {@code BallotReady} stands that says that votes are counted. */
    public static String readyKey(String ballotId) {
        return ballotId + "/ready";
    }

    /** The ballot whose {@code BallotReady} stands under this key; empty when something else stands there. */
    public static Optional<String> readyBallot(String key) {
        String ballotId = key.substring(0, Math.max(0, key.indexOf('/')));
        return key.equals(readyKey(ballotId)) ? Optional.of(ballotId) : Optional.empty();
    }

    /** Where the {@code BallotClosed} stands that says that the ballot closes early. */
    public static String closedKey(String ballotId) {
        return ballotId + "/closed";
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        this.store = context.getStateStore(StoreNames.BALLOTS);
    }

    @Override
    public void process(Record<byte[], byte[]> input) {
        byte[] value;
        SpecificRecord event;
        try {
            byte @Nullable [] read = RegistryForm.toSingleObject(input.value(), input.headers());
            event = Events.decode(read).event();
            value = Objects.requireNonNull(read, "no event is decoded from nothing");
        } catch (MalformedEventException e) {
            LOG.warn("a record of ballots is left out: {}", e.getMessage());
            return;
        }
        ControlRecord.inBallots(event, value)
                .filter(ControlRecord::isForBallots)
                .flatMap(record -> record.match(new Kept(input.key())))
                .ifPresent(key -> keepFirst(key, value));
    }

    /** Under which key of the store each record of the topic is kept; empty for one that is left out. */
    private final class Kept implements ControlRecord.InBallots.Cases<Optional<String>, RuntimeException> {
        private final byte @Nullable [] key;

        /** @param key of the record */
        Kept(byte @Nullable [] key) {
            this.key = key;
        }

        @Override
        public Optional<String> published(Published claim) {
            return isObeyed(claim, key) && isBallot(claim)
                    ? Optional.of(definitionKey(claim.ballotId()))
                    : Optional.empty();
        }

        @Override
        public Optional<String> ready(Ready ready) {
            return ready.stage() == BallotStage.PUBLISHED && isObeyed(ready, key) && stands(ready)
                    ? Optional.of(readyKey(ready.ballotId()))
                    : Optional.empty();
        }

        @Override
        public Optional<String> closed(Closed intent) {
            return isObeyed(intent, key) && stands(intent)
                    ? Optional.of(closedKey(intent.ballotId()))
                    : Optional.empty();
        }

        @Override
        public Optional<String> gatewayKey(GatewayKey named) {
            return Optional.empty();
        }
    }

    /** Whether the record is about the ballot whose id is its key, and is signed. Gateways pass over all others too. */
    private boolean isObeyed(ControlRecord record, byte @Nullable [] key) {
        if (!Ballot.isId(record.ballotId()) || !record.isUnder(key)) {
            LOG.warn("a record of ballots is left out: it is about what can be no ballot's id, or not about its key");
            return false;
        }
        if (!record.signedBy(keys)) {
            LOG.warn(
                    "a record of ballots is left out: one of {} is not signed by a key that this log obeys",
                    record.ballotId());
            return false;
        }
        return true;
    }

    /** Whether the claim holds the ballot that it is for. */
    private static boolean isBallot(Published claim) {
        try {
            return claim.untruth(claim.definition()).isEmpty() && claim.reachesItsPartition();
        } catch (MalformedEventException e) {
            LOG.warn("a claim of ballot {} is left out: {}", claim.ballotId(), e.getMessage());
            return false;
        }
    }

    /** Whether the record is about the definition that was claimed first. */
    private boolean stands(ControlRecord record) {
        byte @Nullable [] claim = store.get(definitionKey(record.ballotId()));
        try {
            return claim != null
                    && Events.decode(claim, BallotPublished.class).getDigest().equals(record.digest());
        } catch (MalformedEventException e) {
            throw new IllegalStateException("the store of ballots does not hold what was put there", e);
        }
    }

    private void keepFirst(String key, byte[] value) {
        if (store.putIfAbsent(key, value) == null) {
            onBallots.accept(key, value);
        }
    }
}
