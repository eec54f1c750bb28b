// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.BallotResults;
import io.votelog.events.BallotStage;
import io.votelog.events.PartitionTally;
import io.votelog.events.PepperFingerprint;
import io.votelog.rules.Option;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Pseudonym;
import io.votelog.streams.topology.PartitionHarness.LogRecord;
import io.votelog.streams.topology.rows.StoreNames;
import io.votelog.streams.topology.rows.TallyKey;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * The results of one ballot as the topology writes them, from votes drawn from a seed over several partitions: valid and
 * invalid votes, annulments, restarts of each processor, logs read again, and in most runs an end with late votes and
 * annulments behind it.
 */
public final class DrawnResults {
    /** A moment at which the ballot is open by the clock. */
    public static final Instant DURING = LogFixture.DURING;

    public static final String BALLOT_ID = "drawn";

    private static final int PARTITIONS = 3;
    private static final int VOTES = 150;
    private static final LogSigner SIGNER = LogFixture.newSigner();
    private static final BallotDefinition BALLOT = LogFixture.ballot(BALLOT_ID);

    private final Random random;
    private final List<PartitionHarness> partitions = new ArrayList<>();
    private final List<List<LogRecord>> logs = new ArrayList<>();
    private final File stateDir;
    private final KeyValueStore<String, byte[]> merged = Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(StoreNames.MERGED_TALLIES), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled()
            .build();
    private final KeyValueStore<String, byte[]> published = Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(StoreNames.RESULTS), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled()
            .build();
    private final List<BallotResults> results = new ArrayList<>();

    private MockProcessorContext<byte[], byte[]> mergeContext;
    private MergeProcessor merge;

    private DrawnResults(Random random, File stateDir) {
        this.random = random;
        this.stateDir = stateDir;
        merged.init(newContext().getStateStoreContext(), merged);
        published.init(newContext().getStateStoreContext(), published);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            partitions.add(new PartitionHarness(SIGNER.publicKey(), partition, stateDir));
            logs.add(new ArrayList<>());
        }
        restartMerge();
    }

    /** The rows of the ballots topic for the ballot, by the keys of {@link BallotsStoreProcessor}. */
    public static Map<String, byte[]> ballotRows() {
        byte[] claim = SIGNER.published(
                BALLOT,
                LogSigner.CLAIM,
                PARTITIONS,
                List.of(Events.VOTE_CAST_FINGERPRINT),
                new PepperFingerprint(new byte[8]));
        return Map.of(
                BallotsStoreProcessor.definitionKey(BALLOT_ID),
                claim,
                BallotsStoreProcessor.readyKey(BALLOT_ID),
                SIGNER.ready(BALLOT_ID, BALLOT.digest(), BallotStage.PUBLISHED));
    }

    /** The options' ids, in the order of the results' votes. */
    public static List<String> options() {
        return BALLOT.ballot().sections().stream()
                .flatMap(section -> section.options().stream())
                .map(Option::id)
                .toList();
    }

    /** The results in the order of their topic. */
    public static List<BallotResults> draw(Random random, File stateDir) {
        DrawnResults drawn = new DrawnResults(random, stateDir);
        drawn.run();
        return drawn.results;
    }

    private void run() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            append(partition, null, LogFixture.published(SIGNER, BALLOT, partition, PARTITIONS));
        }
        int end = random.nextInt(2 * VOTES);
        for (int vote = 0; vote < VOTES; vote++) {
            cast();
            int partition = random.nextInt(PARTITIONS);
            // The partitions end one after the other, so that late votes come while others are still open.
            if (vote >= end && random.nextInt(10) == 0) {
                append(partition, null, SIGNER.closed(BALLOT_ID, BALLOT.digest(), partition));
            }
            if (random.nextInt(8) == 0) {
                annul();
            }
            switch (random.nextInt(12)) {
                case 0 -> partitions.get(partition).restart();
                case 1 -> readAgain(partition);
                case 2 -> restartMerge();
                case 3, 4, 5, 6 -> sendTallies(partition);
                case 7, 8, 9 -> sendResults();
                default -> {
                    // More votes first.
                }
            }
        }
        for (int partition = 0; partition < PARTITIONS; partition++) {
            if (end < VOTES) {
                append(partition, null, SIGNER.closed(BALLOT_ID, BALLOT.digest(), partition));
            }
            sendTallies(partition);
        }
        sendResults();
        for (int found = random.nextInt(20); found > 0; found--) {
            sendTallies(annul());
            if (random.nextBoolean()) {
                sendResults();
            }
        }
        sendResults();
    }

    /** Annuls a vote that was accepted, refused, never cast, or annulled before; returns its partition. */
    private int annul() {
        int number = random.nextInt(VOTES);
        int partition = Pseudonym.partition(LogFixture.voter(number), PARTITIONS);
        byte[] order = LogFixture.annulled(SIGNER, BALLOT, number, 2 * number + random.nextInt(2), partition);
        append(partition, null, order);
        return partition;
    }

    private void cast() {
        int number = random.nextInt(VOTES);
        byte[] voter = LogFixture.voter(number);
        String[] choices =
                random.nextInt(5) == 0 ? new String[] {"a1"} : new String[] {"a" + (1 + random.nextInt(3)), "b1"};
        byte[] vote = LogFixture.vote(BALLOT_ID, 2 * number + random.nextInt(2), choices);
        append(Pseudonym.partition(voter, PARTITIONS), voter, vote);
    }

    private void append(int partition, byte[] key, byte[] value) {
        List<LogRecord> log = logs.get(partition);
        log.add(new LogRecord(key, value, DURING.plusSeconds(log.size()).toEpochMilli()));
        partitions.get(partition).process(log.get(log.size() - 1), log.size() - 1);
    }

    /** Reads a partition again, as after a loss of the group's offsets but not of the stores. */
    private void readAgain(int partition) {
        partitions.get(partition).restart();
        List<LogRecord> log = logs.get(partition);
        partitions.get(partition).processAll(log, random.nextInt(log.size()));
    }

    private void sendTallies(int partition) {
        for (PartitionTally tally : partitions.get(partition).emit().values()) {
            byte[] key = TallyKey.of(tally.getBallotId(), partition).getBytes(StandardCharsets.UTF_8);
            merge.process(new Record<>(key, Events.encode(tally), 0));
        }
    }

    private void sendResults() {
        mergeContext.scheduledPunctuators().stream()
                .filter(timer -> !timer.cancelled())
                .toList()
                .forEach(timer -> timer.getPunctuator().punctuate(0));
        for (var forward : mergeContext.forwarded()) {
            try {
                results.add(Events.decode(forward.record().value(), BallotResults.class));
            } catch (MalformedEventException e) {
                throw new AssertionError(e);
            }
        }
        mergeContext.resetForwards();
    }

    private void restartMerge() {
        mergeContext = newContext();
        mergeContext.addStateStore(merged);
        mergeContext.addStateStore(published);
        merge = new MergeProcessor(
                new EmitPace(VotelogTopology.RESULTS_INTERVAL), VotelogTopology.RESULTS_INTERVAL.dividedBy(2));
        merge.init(mergeContext);
    }

    private MockProcessorContext<byte[], byte[]> newContext() {
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "drawn");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>(config, new TaskId(1, 0), stateDir);
        context.setCurrentSystemTimeMs(0);
        return context;
    }
}
