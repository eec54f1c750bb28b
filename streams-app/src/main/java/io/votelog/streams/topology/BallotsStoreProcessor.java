// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.BallotClosed;
import io.votelog.events.BallotPublished;
import io.votelog.events.BallotReady;
import io.votelog.events.BallotStage;
import io.votelog.events.KeyId;
import io.votelog.events.Sha256;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.MalformedEventException;
import io.votelog.streams.topology.rows.StoreNames;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

    /** The ballot that the key of a {@code BallotReady} is of; nothing when it is another's key. */
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
        byte @Nullable [] value = input.value();
        SpecificRecord event;
        try {
            event = Events.decode(value).event();
        } catch (MalformedEventException e) {
            LOG.warn("a record of ballots is left out: {}", e.getMessage());
            return;
        }
        if (event instanceof BallotPublished claim && claim.getPartition() == LogSigner.CLAIM) {
            if (isObeyed(input, claim.getBallotId(), claim.getKeyId()) && isBallot(claim)) {
                keepFirst(definitionKey(claim.getBallotId()), value);
            }
        } else if (event instanceof BallotReady ready && ready.getStage() == BallotStage.PUBLISHED) {
            if (isObeyed(input, ready.getBallotId(), ready.getKeyId())
                    && stands(ready.getBallotId(), ready.getDigest())) {
                keepFirst(readyKey(ready.getBallotId()), value);
            }
        } else if (event instanceof BallotClosed intent && intent.getPartition() == LogSigner.CLAIM) {
            if (isObeyed(input, intent.getBallotId(), intent.getKeyId())
                    && stands(intent.getBallotId(), intent.getDigest())) {
                keepFirst(closedKey(intent.getBallotId()), value);
            }
        }
    }

    /** Whether it is about the ballot under whose id it stands, and is signed. Gateways pass over all else too. */
    private boolean isObeyed(Record<byte[], byte[]> input, String ballotId, KeyId keyId) {
        if (!Ballot.isId(ballotId) || !Arrays.equals(input.key(), ballotId.getBytes(StandardCharsets.UTF_8))) {
            LOG.warn("a record of ballots is left out: it is about what can be no ballot's id, or not about its key");
            return false;
        }
        if (!keys.signed(input.value(), keyId)) {
            LOG.warn("a record of ballots is left out: one of {} is not signed by a key that this log obeys", ballotId);
            return false;
        }
        return true;
    }

    /** Whether the claim holds the ballot that it is for. */
    private static boolean isBallot(BallotPublished claim) {
        try {
            BallotDefinition definition = BallotDefinition.parse(claim);
            return claim.getPartitionCount() >= 1
                    && definition.ballot().id().equals(claim.getBallotId())
                    && definition.digest().equals(claim.getDigest());
        } catch (MalformedEventException e) {
            LOG.warn("a claim of ballot {} is left out: {}", claim.getBallotId(), e.getMessage());
            return false;
        }
    }

    /** Whether the claim that won has this digest. */
    private boolean stands(String ballotId, Sha256 digest) {
        byte @Nullable [] claim = store.get(definitionKey(ballotId));
        try {
            return claim != null
                    && Events.decode(claim, BallotPublished.class).getDigest().equals(digest);
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
