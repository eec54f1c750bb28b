// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.rules.Decision;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Events;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topics;
import io.votelog.streams.read.board.Ballots;
import io.votelog.streams.topology.LogFixture;
import io.votelog.streams.topology.PartitionHarness;
import io.votelog.streams.topology.PartitionHarness.LogRecord;
import io.votelog.web.problem.ProblemException;
import java.io.File;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Asks for every receipt at every offset of logs that are drawn from a seed. What is told, from the store first, is the verdict
 * of the record at that offset; for everything else it is told that there is no such vote. Voters and vote ids are few, so that
 * attempts push one another out and ids are used again.
 */
final class ReceiptsRandomizedTest {
    private static final int RECORDS = 120;
    private static final int VOTERS = 4;
    private static final int IDS = 14;
    private static final String NONE = "none";
    private static final List<BallotDefinition> BALLOTS = List.of(LogFixture.ballot("one"), LogFixture.ballot("two"));

    private static final String[][] CHOICES = {
        {"a1", "b1"}, {"b1", "a1"}, {"a2", "b2"}, {"a1"}, {"a1", "nothing"},
    };

    @TempDir
    static File stateDir;

    private static final Set<String> TOLD = new HashSet<>();
    private static int withoutTheLog;

    private final LogFixture fixture = new LogFixture();
    private final List<LogRecord> records = new ArrayList<>();

    /** The vote of each record, or null when the record is no vote. */
    private final List<@Nullable Cast> casts = new ArrayList<>();

    private record Cast(int voter, int voteId, String ballotId) {}

    static LongStream seeds() {
        long base = Long.getLong("votelog.seed", 20_211_205L);
        return LongStream.range(base, base + 25);
    }

    @AfterAll
    static void shouldHaveToldEveryKind() {
        assertThat(TOLD)
                .contains(
                        "accepted",
                        "retried",
                        "rejected already-voted",
                        "rejected vote-id-reused",
                        "rejected unknown-ballot",
                        "rejected unknown-option",
                        "rejected closed",
                        NONE);
        assertThat(withoutTheLog).isPositive();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldTellOfEachAttemptTheVerdictThatItHad(long seed) {
        draw(new Random(seed));
        PartitionHarness partition = new PartitionHarness(fixture.keys(), 0, stateDir);
        List<String> outcomes = new ArrayList<>();
        for (int offset = 0; offset < records.size(); offset++) {
            outcomes.add(partition.process(records.get(offset), offset));
        }
        for (BallotDefinition definition : BALLOTS) {
            String ballotId = definition.ballot().id();
            Ballots.Published ballot = new Ballots.Published(definition, 1, Set.of(Events.VOTE_CAST_FINGERPRINT));
            Optional<Decision.PartitionBallot> partitionBallot = partition.partitionBallot(ballotId);
            for (int voter = 0; voter < VOTERS; voter++) {
                CommittedVoter copy = new CommittedVoter(
                        partition.voterRow(LogFixture.voter(voter), ballotId), records.size(), true, false);
                for (int id = 0; id <= IDS; id++) {
                    Receipt receipt = new Receipt(Pseudonym.of(LogFixture.voter(voter)), LogFixture.voteId(id));
                    for (int offset = 0; offset < records.size(); offset++) {
                        boolean such = new Cast(voter, id, ballotId).equals(casts.get(offset));
                        String expected = such ? words(outcomes.get(offset)) : NONE;
                        String told = told(ballot, receipt, offset, copy, partitionBallot);
                        assertThat(told)
                                .as("seed %d: ballot %s, voter %d, vote %d at %d", seed, ballotId, voter, id, offset)
                                .isEqualTo(expected);
                        TOLD.add(told);
                    }
                }
            }
        }
    }

    private String told(
            Ballots.Published ballot,
            Receipt receipt,
            int offset,
            CommittedVoter voter,
            Optional<Decision.PartitionBallot> partitionBallot) {
        boolean[] read = new boolean[1];
        String told;
        try {
            ReceiptDocument document =
                    Receipts.attempt(ballot, receipt, offset, voter, () -> partitionBallot, before -> {
                        read[0] = true;
                        return Optional.of(record(offset));
                    });
            assertThat(document.offset()).isEqualTo(offset);
            assertThat(document.voteId()).isEqualTo(receipt.voteId());
            told = document.status().word()
                    + (document.reason() == null
                            ? ""
                            : " "
                                    + document.reason()
                                            .name()
                                            .toLowerCase(Locale.ROOT)
                                            .replace("_", "-"));
        } catch (ProblemException none) {
            assertThat(none.problem().code()).isEqualTo("unknown-receipt");
            told = NONE;
        }
        withoutTheLog += read[0] ? 0 : 1;
        return told;
    }

    private ConsumerRecord<byte[], byte[]> record(int offset) {
        LogRecord record = records.get(offset);
        return new ConsumerRecord<>(
                Topics.VOTES.name(),
                0,
                offset,
                record.timestampMs(),
                TimestampType.LOG_APPEND_TIME,
                ConsumerRecord.NULL_SIZE,
                record.value().length,
                record.key(),
                record.value(),
                new RecordHeaders(),
                Optional.empty());
    }

    private static String words(String outcome) {
        return outcome.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Draws a log. Ballots begin in its first half; one of them ends in its last quarter. */
    private void draw(Random random) {
        int[] begins = {random.nextInt(RECORDS / 4), random.nextInt(RECORDS / 2)};
        int ends = RECORDS - 1 - random.nextInt(RECORDS / 4);
        for (int offset = 0; offset < RECORDS; offset++) {
            long at = LogFixture.DURING.toEpochMilli() + offset;
            int published = offset == begins[0] ? 0 : offset == begins[1] ? 1 : -1;
            if (published >= 0) {
                add(null, fixture.published(BALLOTS.get(published), 0, 1), at, null);
            } else if (offset == ends) {
                add(null, fixture.closed(BALLOTS.get(0), 0), at, null);
            } else {
                int voter = random.nextInt(VOTERS);
                int voteId = random.nextInt(IDS);
                String ballotId = BALLOTS.get(random.nextInt(2)).ballot().id();
                String[] choices = CHOICES[random.nextInt(CHOICES.length)];
                add(
                        LogFixture.voter(voter),
                        LogFixture.vote(ballotId, voteId, choices),
                        at,
                        new Cast(voter, voteId, ballotId));
            }
        }
    }

    private void add(byte @Nullable [] key, byte[] value, long timestampMs, @Nullable Cast cast) {
        records.add(new LogRecord(key, value, timestampMs));
        casts.add(cast);
    }
}
