// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.events.CountedPosition;
import io.votelog.events.PartitionTally;
import io.votelog.events.ReasonCount;
import io.votelog.events.RejectionReason;
import io.votelog.events.Sha256;
import io.votelog.rules.Ballot;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import io.votelog.schemas.registry.SchemaIds;
import io.votelog.streams.topology.rows.StoreNames;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the merge treats snapshots that do not fit together. */
class MergeProcessorTest {
    private static final int PARTITIONS = 2;

    @TempDir
    Path stateDir;

    private TopologyTestDriver driver;

    @BeforeEach
    void start() {
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "merge-test");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        driver = new TopologyTestDriver(
                new VotelogTopology(
                                LogFixture.newSigner().publicKey(),
                                partition -> Long.MAX_VALUE,
                                VotelogTopology.RESULTS_INTERVAL,
                                results -> {},
                                turnout -> {},
                                (key, row) -> {},
                                VerdictListener.NONE,
                                SchemaIds.none())
                        .whole(),
                config);
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void shouldSendResultsOnlyWhenEveryPartitionIsThere() {
        send(tally("fruits", 0, 1, null, 3L));
        assertThat(results()).isEmpty();
        send(tally("fruits", 1, 1, null, 4L));

        BallotResults results = results().get(0);
        assertThat(results.getVotes()).containsExactly(7L);
        assertThat(results.getPositions())
                .extracting(CountedPosition::getPartition)
                .containsExactly(0, 1);
    }

    /** Sums of older snapshots would be held back as older results, and newer ones would then be late. */
    @Test
    void shouldKeepOfTwoSnapshotsOfAPartitionTheOneThatCoversMoreOfTheLog() {
        send(upTo(20, tally("fruits", 0, 1, null, 3L)));
        send(upTo(10, tally("fruits", 1, 1, null, 4L)));
        assertThat(results()).hasSize(1);

        send(upTo(15, tally("fruits", 0, 1, null, 2L)));
        send(upTo(30, tally("fruits", 1, 1, null, 6L)));
        assertThat(results()).extracting(BallotResults::getVotes).containsExactly(List.of(9L));
    }

    @Test
    void shouldLeaveABallotThatIsNotTheSameInAllPartitionsAsItIsAndMergeTheOthers() {
        send(tally("torn", 0, 1, null, 3L));
        send(tally("torn", 1, 1, null, 4L));
        assertThat(results()).hasSize(1);

        // Another definition, with another number of options.
        send(tally("torn", 1, 2, null, 4L, 9L, 9L));
        send(tally("torn", 0, 1, null, 5L));
        send(tally("fruits", 0, 1, null, 1L));
        send(tally("fruits", 1, 1, null, 1L));
        // A snapshot whose votes are spread over more partitions than the other one says.
        send(PartitionTally.newBuilder(tally("wide", 0, 1, null, 1L))
                .setPartitionCount(1)
                .build());
        send(tally("wide", 1, 1, null, 1L));
        send(tally("torn", 0, 1, null, 6L));

        assertThat(results()).extracting(BallotResults::getBallotId).containsOnly("fruits");
        assertThat(disagreeing()).isEqualTo(2.0);
    }

    @Test
    void shouldShowTheVotesThatABallotHidesWhenItHasEndedInEveryPartition() {
        send(hidden(tally("secret", 0, 1, null)));
        send(hidden(tally("secret", 1, 1, 10L, 4L)));
        BallotResults half = results().get(0);
        send(hidden(tally("secret", 0, 1, 10L, 3L)));
        BallotResults whole = results().get(0);

        assertThat(half.getStatus()).isEqualTo(BallotStatus.CLOSED);
        assertThat(half.getVotes()).isNull();
        assertThat(whole.getStatus()).isEqualTo(BallotStatus.FINAL);
        assertThat(whole.getVotes()).containsExactly(7L);
        assertThat(disagreeing()).isZero();
    }

    @Test
    void shouldPassOverWhatIsNoBallotsTally() {
        send(tally("", 0, 1, null));
        send(tally("x".repeat(100_000), 0, 1, null, 1L));
        send(tally("fruits", -1, 1, null, 1L));
        send(tally("fruits", PARTITIONS, 1, null, 1L));
        send(tally(
                "fruits",
                0,
                1,
                null,
                Collections.nCopies(Ballot.MAX_OPTIONS + 1, 1L).toArray(Long[]::new)));
        send(PartitionTally.newBuilder(tally("fruits", 0, 1, null, 1L))
                .setRejected(Collections.nCopies(60_000, new ReasonCount(RejectionReason.CLOSED, 1L)))
                .build());
        driver.createInputTopic(Topics.TALLIES.name(), new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput(new byte[] {1, 2, 3});

        assertThat(results()).isEmpty();
        assertThat(driver.getKeyValueStore(StoreNames.MERGED_TALLIES).all().hasNext())
                .isFalse();
    }

    private static PartitionTally tally(
            String ballotId, int partition, int digest, @Nullable Long endOffset, Long... votes) {
        byte[] sha = new byte[32];
        Arrays.fill(sha, (byte) digest);
        return new PartitionTally(
                ballotId,
                new Sha256(sha),
                partition,
                PARTITIONS,
                Instant.EPOCH,
                false,
                10L,
                endOffset,
                Instant.EPOCH,
                0L,
                0L,
                0L,
                List.of(),
                0L,
                0L,
                0L,
                0L,
                List.of(votes));
    }

    private static PartitionTally upTo(long nextOffset, PartitionTally tally) {
        return PartitionTally.newBuilder(tally).setNextOffset(nextOffset).build();
    }

    private static PartitionTally hidden(PartitionTally tally) {
        return PartitionTally.newBuilder(tally).setHiddenUntilFinal(true).build();
    }

    private void send(PartitionTally tally) {
        driver.createInputTopic(Topics.TALLIES.name(), new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput(Events.encode(tally));
    }

    private List<BallotResults> results() {
        driver.advanceWallClockTime(VotelogTopology.RESULTS_INTERVAL);
        List<BallotResults> results = new ArrayList<>();
        for (byte[] value : driver.createOutputTopic(
                        Topics.RESULTS.name(), new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readValuesToList()) {
            try {
                results.add(Events.decode(value, BallotResults.class));
            } catch (MalformedEventException e) {
                throw new AssertionError(e);
            }
        }
        return results;
    }

    private double disagreeing() {
        return driver.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("disagreeing-ballots-total"))
                .mapToDouble(metric -> (double) metric.getValue().metricValue())
                .sum();
    }
}
