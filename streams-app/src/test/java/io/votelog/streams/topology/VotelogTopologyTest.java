// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import static io.votelog.streams.topology.LogFixture.DURING;
import static io.votelog.streams.topology.LogFixture.vote;
import static io.votelog.streams.topology.LogFixture.voteId;
import static io.votelog.streams.topology.LogFixture.voter;
import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.BallotPublished;
import io.votelog.events.BallotReady;
import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.events.MinuteTurnout;
import io.votelog.events.Outcome;
import io.votelog.events.PartitionTally;
import io.votelog.events.PartitionTurnout;
import io.votelog.events.PepperFingerprint;
import io.votelog.events.QuarterVotes;
import io.votelog.events.ReasonCount;
import io.votelog.events.RejectionReason;
import io.votelog.events.Sha256;
import io.votelog.events.VoteDecided;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.DeadLetters;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Topics;
import io.votelog.schemas.registry.SchemaIds;
import io.votelog.streams.topology.rows.PartitionPosition;
import io.votelog.streams.topology.rows.StoreNames;
import io.votelog.streams.topology.voters.VotersStore;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole topology over one partition of the log. */
class VotelogTopologyTest {
    private final LogFixture log = new LogFixture();
    private final BallotDefinition ballot = LogFixture.ballot("fruits");
    private Duration resultsInterval = VotelogTopology.RESULTS_INTERVAL;
    private final List<BallotResults> pushed = new ArrayList<>();
    private final List<PartitionTurnout> pushedTurnout = new ArrayList<>();
    private final List<byte[]> allResults = new ArrayList<>();

    @TempDir
    Path stateDir;

    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> votes;
    private TestOutputTopic<byte[], byte[]> decisions;
    private TestOutputTopic<byte[], byte[]> deadLetters;
    private TestOutputTopic<byte[], byte[]> results;

    @BeforeEach
    void start() {
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "votelog-test");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        driver = new TopologyTestDriver(topology(), config);
        votes = driver.createInputTopic(Topics.VOTES.name(), new ByteArraySerializer(), new ByteArraySerializer());
        decisions = output(Topics.DECISIONS.name());
        deadLetters = output(Topics.DEAD_LETTERS.name());
        results = output(Topics.RESULTS.name());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void shouldBeTheTwoTopologiesThatTheirGoldenFileDescribes() throws Exception {
        VotelogTopology parts = parts(log.keys());
        String described = "" + parts.counting().describe() + parts.results().describe();
        try (InputStream golden = VotelogTopologyTest.class.getResourceAsStream("/golden/topology.txt")) {
            assertThat(golden)
                    .as("golden file; the topologies are now:%n%s", described)
                    .isNotNull();
            assertThat(described.strip()).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8).strip());
        }
    }

    /** Kafka's test driver commits behind each record. */
    @Test
    void shouldWritePositionAndCountsWithEachCommit() {
        publish();
        KeyValueStore<String, byte[]> tallies = driver.getKeyValueStore(StoreNames.PARTITION_TALLIES);
        PartitionPosition published = PartitionPosition.decode(tallies.get(PartitionPosition.KEY));
        assertThat(published.nextOffset()).isPositive();
        cast(voter(1), 1, "a1", "b1");
        assertThat(PartitionPosition.decode(tallies.get(PartitionPosition.KEY)).nextOffset())
                .isEqualTo(published.nextOffset() + 1);
        assertThat(BallotTally.readAll(tallies)).singleElement().satisfies(tally -> assertThat(
                        tally.snapshot(0, published).getAccepted())
                .isEqualTo(1));
    }

    @Test
    void shouldCountAVoteForEachOfItsPicks() {
        publish();
        cast(voter(1), 1, "a1", "b3");

        assertThat(verdicts()).containsExactly("ACCEPTED");
        assertThat(newestResults().getVotes()).containsExactly(1L, 0L, 0L, 0L, 0L, 1L);
        assertThat(newestResults().getAccepted()).isEqualTo(1);
        assertThat(newestResults().getStatus()).isEqualTo(BallotStatus.OPEN);
    }

    /** The rules for new ballots may become stricter; a ballot that was published before is still counted. */
    @Test
    void shouldCountOnABallotThatMayNoLongerBePublished() throws Exception {
        Map<String, Object> plain = ballot.ballot().toPlain();
        plain.put("title", "\u202eA vote on fruits");
        plain.put("picks", Map.of("min", 2, "max", 3));
        plain.put(
                "sections",
                List.of(
                        Map.of(
                                "id",
                                "A",
                                "title",
                                "A",
                                "options",
                                List.of(option("a1", "Same"), option("a2", "Same "))),
                        Map.of("id", "B", "title", "B", "options", List.of(option("b1", "\u2066One")))));
        assertThat(Ballot.propose(plain)).isInstanceOf(Ballot.Definition.Faulty.class);
        BallotDefinition old = BallotDefinition.of(((Ballot.Definition.Valid) Ballot.parse(plain)).ballot());

        pipe(null, log.published(old, 0, 1), DURING.minus(Duration.ofDays(1)));
        cast(voter(1), 1, "a2", "b1");

        assertThat(verdicts()).containsExactly("ACCEPTED");
        assertThat(newestResults().getVotes()).containsExactly(0L, 1L, 1L);
        assertThat(deadLetters.isEmpty()).isTrue();
    }

    private static Map<String, Object> option(String id, String title) {
        return Map.of("id", id, "title", title);
    }

    @Test
    void shouldAcceptOneVoteOfAVoterAndSayOfTheSameOneThatItIsRetried() {
        publish();
        cast(voter(1), 1, "a1", "b1");
        cast(voter(1), 1, "b1", "a1");
        cast(voter(1), 2, "a2", "b2");
        cast(voter(1), 1, "a2", "b2");

        assertThat(verdicts())
                .containsExactly("ACCEPTED", "RETRIED", "REJECTED ALREADY_VOTED", "REJECTED VOTE_ID_REUSED");
        BallotResults newest = newestResults();
        assertThat(newest.getVotes()).containsExactly(1L, 0L, 0L, 1L, 0L, 0L);
        assertThat(newest.getReceived()).isEqualTo(4);
        assertThat(newest.getAccepted() + newest.getRetried() + rejected(newest))
                .isEqualTo(4);
    }

    @Test
    void shouldLetAVoterWhoWasRefusedVoteAgain() {
        publish();
        cast(voter(1), 1, "a1");
        cast(voter(1), 2, "a1", "b1");

        assertThat(verdicts()).containsExactly("REJECTED TOO_FEW_PICKS", "ACCEPTED");
    }

    @ParameterizedTest
    @CsvSource({
        "NO_CHOICE, ''",
        "UNKNOWN_OPTION, a1 b9",
        "REPEATED_OPTION, a1 b1 b1",
        "TOO_MANY_PICKS, a1 a2 a3 b1 b2",
        "SECTION_TOO_FEW, a1 a2",
    })
    void shouldGiveTheReasonOfABrokenRule(RejectionReason reason, String choices) {
        publish();
        cast(voter(1), 1, choices.isEmpty() ? new String[0] : choices.split(" "));

        assertThat(verdicts()).containsExactly("REJECTED " + reason);
        assertThat(newestResults().getRejected()).containsExactly(new ReasonCount(reason, 1L));
    }

    @Test
    void shouldRejectVotesForABallotThatIsNotPublishedYetOrNotOpenYet() {
        cast(voter(1), 1, "a1", "b1");
        pipe(null, log.published(ballot, 0, 1), DURING.minus(Duration.ofDays(30)));
        pipe(voter(1), vote("fruits", 1, "a1", "b1"), LogFixture.OPENS_AT.minusMillis(1));
        pipe(voter(1), vote("fruits", 1, "a1", "b1"), LogFixture.OPENS_AT);

        assertThat(verdicts()).containsExactly("REJECTED UNKNOWN_BALLOT", "REJECTED NOT_OPEN", "ACCEPTED");
        assertThat(newestResults().getReceived()).isEqualTo(2);
    }

    @Test
    void shouldEndCountingWithTheEarlyCloseAndShowWhatComesLaterAsLate() {
        publish();
        cast(voter(1), 1, "a1", "b1");
        pipe(null, log.closed(ballot, 0), DURING);
        BallotResults atClose = newestResults();
        cast(voter(2), 2, "a1", "b1");
        cast(voter(1), 1, "a1", "b1");
        BallotResults later = newestResults();

        assertThat(verdicts()).containsExactly("ACCEPTED", "REJECTED CLOSED", "RETRIED");
        assertThat(atClose.getStatus()).isEqualTo(BallotStatus.FINAL);
        assertThat(later.getLate()).isEqualTo(2);
        assertThat(later.getVotes()).isEqualTo(atClose.getVotes());
        assertThat(later.getReceived()).isEqualTo(atClose.getReceived());
        assertThat(later.getVersion()).isEqualTo(atClose.getVersion());
        assertThat(later.getAsOf()).isEqualTo(atClose.getAsOf());
    }

    @Test
    void shouldEndCountingWithTheFirstRecordStampedAtClosesAtEvenIfALaterClockRunsBehind() {
        publish();
        pipe(voter(1), vote("fruits", 1, "a1", "b1"), LogFixture.CLOSES_AT.minusMillis(1));
        pipe(null, log.ended(ballot, 0), LogFixture.CLOSES_AT);
        pipe(voter(2), vote("fruits", 2, "a1", "b1"), LogFixture.CLOSES_AT.minusMillis(1));

        assertThat(verdicts()).containsExactly("ACCEPTED", "REJECTED CLOSED");
        assertThat(newestResults().getStatus()).isEqualTo(BallotStatus.FINAL);
        assertThat(newestResults().getPositions().get(0).getEndOffset()).isEqualTo(2);
    }

    @Test
    void shouldEndABallotWithAnyRecordWhateverItHolds() {
        publish();
        pipe(null, new byte[] {1, 2, 3}, LogFixture.CLOSES_AT.plusSeconds(1));

        assertThat(newestResults().getStatus()).isEqualTo(BallotStatus.FINAL);
        assertThat(causes()).containsExactly("UNDECODABLE");
    }

    @Test
    void shouldHideTheVotesUntilTheEndWhereTheBallotSaysSo() {
        BallotDefinition secret = LogFixture.ballot("secret", 1, 2, "after-close");
        pipe(null, log.published(secret, 0, 1), DURING);
        pipe(voter(1), vote("secret", 1, "a1", "b1"), DURING);
        BallotResults open = newestResults();
        pipe(null, log.closed(secret, 0), DURING);
        BallotResults over = newestResults();

        assertThat(open.getVotes()).isNull();
        assertThat(open.getAccepted()).isEqualTo(1);
        assertThat(over.getVotes()).containsExactly(1L, 1L);
        // The topic of tallies does not show them either.
        List<PartitionTally> tallies = output(Topics.TALLIES.name()).readValuesToList().stream()
                .map(value -> decode(value, PartitionTally.class))
                .toList();
        assertThat(tallies)
                .filteredOn(tally -> tally.getEndOffset() == null)
                .isNotEmpty()
                .allSatisfy(tally -> assertThat(tally.getVotes()).isEmpty())
                .anySatisfy(tally -> assertThat(tally.getAccepted()).isEqualTo(1));
        assertThat(tallies).last().satisfies(tally -> assertThat(tally.getVotes())
                .containsExactly(1L, 1L));
    }

    @Test
    void shouldKeepTheFirstDefinitionAndBuryAnother() {
        publish();
        pipe(null, log.published(ballot, 0, 1), DURING);
        pipe(null, log.published(LogFixture.ballot("fruits", 9, 4, "live"), 0, 1), DURING);
        cast(voter(1), 1, "a1", "b9");

        assertThat(causes()).containsExactly("CONFLICTING_DEFINITION");
        assertThat(verdicts()).containsExactly("REJECTED UNKNOWN_OPTION");
    }

    @Test
    void shouldBuryWhatIsNoVoteEventWithItsBytesAndGoOn() {
        publish();
        byte[] whole = vote("fruits", 1, "a1", "b1");
        byte[] foreignSchema = whole.clone();
        foreignSchema[5] ^= 1;
        pipe(voter(1), new byte[0], DURING);
        pipe(voter(1), null, DURING);
        pipe(voter(1), "hello, world".getBytes(StandardCharsets.UTF_8), DURING);
        pipe(voter(1), foreignSchema, DURING);
        pipe(voter(1), Arrays.copyOf(whole, whole.length - 1), DURING);
        pipe(voter(1), Arrays.copyOf(whole, whole.length + 1), DURING);
        pipe(null, whole, DURING);
        pipe(new byte[17], whole, DURING);
        pipe(voter(1), log.ready(ballot), DURING);
        cast(voter(1), 1, "a1", "b1");

        List<TestRecord<byte[], byte[]>> buried = deadLetters.readRecordsToList();
        assertThat(buried.stream().map(VotelogTopologyTest::cause))
                .containsExactly(
                        "UNDECODABLE",
                        "UNDECODABLE",
                        "UNDECODABLE",
                        "UNDECODABLE",
                        "UNDECODABLE",
                        "UNDECODABLE",
                        "BAD_KEY",
                        "BAD_KEY",
                        "FOREIGN_EVENT");
        assertThat(buried.get(7).key()).hasSize(17);
        assertThat(buried.get(7).value()).isEqualTo(whole);
        assertThat(new String(
                        buried.get(7).headers().lastHeader(DeadLetters.OFFSET).value(), StandardCharsets.US_ASCII))
                .isEqualTo("8");
        assertThat(verdicts()).containsExactly("ACCEPTED");
        assertThat(newestResults().getReceived()).isEqualTo(1);
        assertThat(newestResults().getVersion()).isEqualTo(11);
    }

    @Test
    void shouldBuryAVoteForWhatCanBeNoBallotsIdAndSayNothingOfThatId() {
        for (String id : new String[] {"", "x", "Fruits", "-fruits", "fruits/1", "fru\nits", "f".repeat(64), "果"}) {
            pipe(voter(1), vote(id, 1, "a1", "b1"), DURING);
        }
        // A record with a malformed key comes first.
        pipe(new byte[17], vote("Fruits", 1, "a1", "b1"), DURING);

        List<TestRecord<byte[], byte[]>> buried = deadLetters.readRecordsToList();
        assertThat(buried).hasSize(9);
        assertThat(buried.subList(0, 8)).allSatisfy(letter -> {
            assertThat(cause(letter)).isEqualTo("BAD_BALLOT_ID");
            assertThat(letter.headers().lastHeader(DeadLetters.DETAIL).value())
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("the vote is for what can be no ballot's id");
        });
        assertThat(cause(buried.get(8))).isEqualTo("BAD_KEY");
        assertThat(verdicts()).isEmpty();
    }

    @Test
    void shouldHoldABallotAsLongAsTheyMayBeAndBuryOneThatNamesTooManySchemas() {
        BallotDefinition large = longest("large");
        BallotDefinition tooLarge = longest("too-large");
        List<Long> schemas =
                LongStream.range(0, BallotDefinition.MAX_VOTE_SCHEMAS).boxed().toList();
        List<Long> tooMany = LongStream.rangeClosed(0, BallotDefinition.MAX_VOTE_SCHEMAS)
                .boxed()
                .toList();
        LogSigner signer = LogFixture.newSigner();
        restartWith(signer);
        pipe(null, signer.published(large, 0, 1, schemas, new PepperFingerprint(new byte[8])), DURING);
        pipe(null, signer.published(tooLarge, 0, 1, tooMany, new PepperFingerprint(new byte[8])), DURING);

        assertThat(causes()).containsExactly("BAD_CONTROL_RECORD");
        VotersStore ballots = (VotersStore) driver.getStateStore(StoreNames.VOTERS);
        assertThat(ballots.ballot("too-large")).isNull();
        assertThat(ballots.ballot("large").length).isBetween(500_000, 600_000);
        assertThat(newestResults().getBallotId()).isEqualTo("large");
    }

    /** A definition of some 500 KiB; a ballot may have 512. */
    private static BallotDefinition longest(String id) {
        List<Map<String, Object>> options = IntStream.range(0, 125)
                .<Map<String, Object>>mapToObj(
                        n -> Map.of("id", "o" + n, "title", "Option " + n, "summary", "x".repeat(4_000)))
                .toList();
        Map<String, Object> plain = Map.of(
                "ballotId",
                id,
                "title",
                "A long one",
                "window",
                Map.of("opensAt", LogFixture.OPENS_AT.toString(), "closesAt", LogFixture.CLOSES_AT.toString()),
                "sections",
                List.of(Map.of("id", "A", "title", "All", "options", options)));
        return BallotDefinition.of(((Ballot.Definition.Valid) Ballot.parse(plain)).ballot());
    }

    @Test
    void shouldKeepTheBeginningOfARecordThatIsTooLongForADeadLetter() {
        pipe(new byte[100_000], new byte[3_000_000], DURING);

        TestRecord<byte[], byte[]> buried = deadLetters.readRecord();
        assertThat(buried.key()).hasSize(64 * 1024);
        assertThat(buried.value()).hasSize(1 << 20);
        assertThat(new String(
                        buried.headers().lastHeader(DeadLetters.VALUE_LENGTH).value(), StandardCharsets.US_ASCII))
                .isEqualTo("3000000");
    }

    @Test
    void shouldBuryAVoteInAPartitionThatItsKeyDoesNotBelongInto() {
        pipe(null, log.published(ballot, 0, 4), DURING);
        for (int v = 0; v < 40; v++) {
            cast(voter(v), v, "a1", "b1");
        }

        long belong = IntStream.range(0, 40)
                .filter(v -> Pseudonym.partition(voter(v), 4) == 0)
                .count();
        assertThat(belong).isBetween(1L, 39L);
        assertThat(causes()).hasSize((int) (40 - belong)).containsOnly("WRONG_PARTITION");
        assertThat(verdicts()).hasSize((int) belong).containsOnly("ACCEPTED");
    }

    @Test
    void shouldBuryAVoteWrittenWithASchemaThatItsBallotDoesNotName() {
        LogSigner signer = LogFixture.newSigner();
        byte[] published = signer.published(ballot, 0, 1, List.of(42L), new PepperFingerprint(new byte[8]));
        restartWith(signer);
        pipe(null, published, DURING);
        cast(voter(1), 1, "a1", "b1");

        assertThat(causes()).containsExactly("SCHEMA_NOT_NAMED");
        assertThat(verdicts()).isEmpty();
    }

    @Test
    void shouldNotPublishResultsThatAreOlderThanThoseThatWere() {
        publish();
        cast(voter(1), 1, "a1", "b1");
        newestResults();
        cast(voter(2), 2, "a1", "b1");
        newestResults();
        List<TestRecord<byte[], byte[]>> snapshots =
                output(Topics.TALLIES.name()).readRecordsToList();
        byte[] newest = allResults.get(allResults.size() - 1);
        assertThat(snapshots).hasSizeGreaterThan(1);

        restartWith(log.keys());
        input(Topics.RESULTS.name()).pipeInput("fruits".getBytes(StandardCharsets.UTF_8), newest);
        TestInputTopic<byte[], byte[]> tallies = input(Topics.TALLIES.name());
        tallies.pipeInput(snapshots.get(0));
        driver.advanceWallClockTime(VotelogTopology.RESULTS_INTERVAL.multipliedBy(2));
        assertThat(results.readValuesToList()).isEmpty();
        tallies.pipeInput(snapshots.get(snapshots.size() - 1));
        driver.advanceWallClockTime(VotelogTopology.RESULTS_INTERVAL.multipliedBy(2));
        assertThat(results.readValuesToList()).containsExactly(newest);
    }

    @Test
    void shouldSendResultsOnceAnInterval() throws Exception {
        resultsInterval = Duration.ofMinutes(1);
        restartWith(log.keys());
        publish();
        for (int voter = 1; voter <= 120; voter++) {
            cast(voter(voter), voter, "a1", "b1");
            driver.advanceWallClockTime(Duration.ofSeconds(1));
        }
        assertThat(output(Topics.TALLIES.name()).readValuesToList()).hasSizeBetween(2, 3);
        assertThat(results.readValuesToList()).hasSizeBetween(1, 3);

        driver.advanceWallClockTime(resultsInterval);
        driver.advanceWallClockTime(resultsInterval);
        assertThat(newestResults().getVotes()).startsWith(120L);
    }

    @Test
    void shouldObeyControlRecordsOfKnownKeysAlone() {
        LogSigner stranger = LogFixture.newSigner();
        publish();
        byte[] torn = log.closed(ballot, 0);
        torn[torn.length - 1] ^= 1;
        pipe(null, LogFixture.published(stranger, LogFixture.ballot("theirs"), 0, 1), DURING);
        pipe(null, stranger.closed("fruits", ballot.digest(), 0), DURING);
        pipe(null, torn, DURING);
        pipe(null, log.closed(ballot, 1), DURING);
        pipe(null, log.closed(LogFixture.ballot("nowhere"), 0), DURING);
        pipe(null, log.closed(LogFixture.ballot("fruits", 9, 4, "live"), 0), DURING);
        cast(voter(1), 1, "a1", "b1");

        assertThat(causes())
                .containsExactly(
                        "BAD_SIGNATURE",
                        "BAD_SIGNATURE",
                        "BAD_SIGNATURE",
                        "BAD_CONTROL_RECORD",
                        "BAD_CONTROL_RECORD",
                        "BAD_CONTROL_RECORD");
        assertThat(verdicts()).containsExactly("ACCEPTED");
    }

    @Test
    void shouldTakeAnAnnulledVoteOutOfTheCountsAndNothingElse() {
        publish();
        cast(voter(1), 1, "a1", "b1");
        cast(voter(2), 2, "a1", "b2");
        BallotResults before = newestResults();
        pipe(null, log.annulled(ballot, 1, 1, 0), DURING.plusSeconds(90));
        BallotResults after = newestResults();

        assertThat(before.getVotes()).containsExactly(2L, 0L, 0L, 1L, 1L, 0L);
        assertThat(after.getVotes()).containsExactly(1L, 0L, 0L, 0L, 1L, 0L);
        assertThat(List.of(after.getAnnulled(), after.getRevision())).containsExactly(1L, 1L);
        assertThat(after.getVersion()).isEqualTo(before.getVersion() + 1);
        assertThat(BallotResults.newBuilder(after)
                        .setVotes(before.getVotes())
                        .setAnnulled(0L)
                        .setRevision(0L)
                        .setVersion(before.getVersion())
                        .setPositions(before.getPositions())
                        .build())
                .isEqualTo(before);
    }

    @Test
    void shouldKeepTheAnnulledVotersOneVoteUsedUp() {
        publish();
        cast(voter(1), 1, "a1", "b1");
        pipe(null, log.annulled(ballot, 1, 1, 0), DURING);
        cast(voter(1), 1, "b1", "a1");
        cast(voter(1), 2, "a2", "b2");
        cast(voter(1), 1, "a2", "b2");

        assertThat(verdicts())
                .containsExactly("ACCEPTED", "RETRIED", "REJECTED ALREADY_VOTED", "REJECTED VOTE_ID_REUSED");
        assertThat(newestResults().getVotes()).containsOnly(0L);
        assertThat(newestResults().getReceived()).isEqualTo(4);
        assertThat(newestResults().getAccepted()).isEqualTo(1);
    }

    @Test
    void shouldAnnulAfterTheEndTooAndLeaveTheFinalVersionAsItIs() {
        publish();
        cast(voter(1), 1, "a1", "b1");
        cast(voter(2), 2, "a1", "b2");
        pipe(null, log.annulled(ballot, 2, 2, 0), LogFixture.CLOSES_AT);
        BallotResults atEnd = newestResults();
        pipe(null, log.annulled(ballot, 1, 1, 0), LogFixture.CLOSES_AT.plusSeconds(86_400));
        BallotResults later = newestResults();

        assertThat(atEnd.getStatus()).isEqualTo(BallotStatus.FINAL);
        assertThat(atEnd.getVotes()).containsExactly(1L, 0L, 0L, 1L, 0L, 0L);
        assertThat(atEnd.getRevision()).isEqualTo(1);
        assertThat(later.getStatus()).isEqualTo(BallotStatus.FINAL);
        assertThat(later.getVotes()).containsOnly(0L);
        assertThat(later.getRevision()).isEqualTo(2);
        assertThat(later.getVersion()).isEqualTo(atEnd.getVersion());
        assertThat(later.getAsOf()).isEqualTo(atEnd.getAsOf());
        assertThat(later.getLate()).isZero();
    }

    @Test
    void shouldTellOfAnnulmentsWhileTheBallotHidesItsVotes() {
        BallotDefinition secret = LogFixture.ballot("secret", 1, 2, "after-close");
        pipe(null, log.published(secret, 0, 1), DURING);
        pipe(voter(1), vote("secret", 1, "a1", "b1"), DURING);
        pipe(null, log.annulled(secret, 1, 1, 0), DURING);
        BallotResults open = newestResults();
        pipe(null, log.closed(secret, 0), DURING);

        assertThat(open.getVotes()).isNull();
        assertThat(open.getAnnulled()).isEqualTo(1);
        assertThat(newestResults().getVotes()).containsExactly(0L, 0L);
    }

    @Test
    void shouldLetAnAnnulmentThatFindsNoSuchVoteHaveNoEffect() {
        publish();
        pipe(null, log.annulled(ballot, 1, 1, 0), DURING);
        cast(voter(1), 7, "a1");
        cast(voter(1), 1, "a1", "b1");
        pipe(null, log.annulled(ballot, 1, 7, 0), DURING);
        pipe(null, log.annulled(ballot, 1, 2, 0), DURING);
        pipe(null, log.annulled(ballot, 2, 1, 0), DURING);
        assertThat(newestResults().getVotes()).containsExactly(1L, 0L, 0L, 1L, 0L, 0L);
        assertThat(newestResults().getRevision()).isZero();

        pipe(null, log.annulled(ballot, 1, 1, 0), DURING);
        pipe(null, log.annulled(ballot, 1, 1, 0), DURING);
        assertThat(newestResults().getVotes()).containsOnly(0L);
        assertThat(newestResults().getAnnulled()).isEqualTo(1);
        assertThat(newestResults().getRevision()).isEqualTo(1);
        assertThat(causes()).isEmpty();
    }

    @Test
    void shouldBuryAnAnnulmentThatNobodyMayHaveWrittenHere() {
        publish();
        cast(voter(1), 1, "a1", "b1");
        byte[] torn = log.annulled(ballot, 1, 1, 0);
        torn[torn.length - 1] ^= 1;
        pipe(null, LogFixture.annulled(LogFixture.newSigner(), ballot, 1, 1, 0), DURING);
        pipe(null, torn, DURING);
        pipe(null, log.annulled(ballot, 1, 1, 1), DURING);
        pipe(null, log.annulled(LogFixture.ballot("nowhere"), 1, 1, 0), DURING);
        pipe(null, log.annulled(LogFixture.ballot("fruits", 9, 4, "live"), 1, 1, 0), DURING);
        pipe(null, log.annulled(ballot, 1, 1, 0, "two\nlines"), DURING);

        assertThat(causes())
                .containsExactly(
                        "BAD_SIGNATURE",
                        "BAD_SIGNATURE",
                        "BAD_CONTROL_RECORD",
                        "BAD_CONTROL_RECORD",
                        "BAD_CONTROL_RECORD",
                        "BAD_CONTROL_RECORD");
        assertThat(newestResults().getRevision()).isZero();
    }

    @Test
    void shouldBuryTheAnnulmentOfAVoterOfAnotherPartition() {
        pipe(null, log.published(ballot, 0, 4), DURING);
        int stranger = IntStream.range(0, 40)
                .filter(v -> Pseudonym.partition(voter(v), 4) != 0)
                .findFirst()
                .orElseThrow();
        pipe(null, log.annulled(ballot, stranger, 1, 0), DURING);

        assertThat(causes()).containsExactly("BAD_CONTROL_RECORD");
    }

    @Test
    void shouldPushWhatItKeepsAndKeepTheNewest() throws Exception {
        publish();
        cast(voter(1), 1, "a1", "b1");
        BallotResults older = newestResults();
        cast(voter(2), 2, "a1", "b1");
        BallotResults newest = newestResults();
        assertThat(newest.getVersion()).isGreaterThan(older.getVersion());
        driver.createInputTopic(Topics.RESULTS.name(), new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput("fruits".getBytes(StandardCharsets.UTF_8), Events.encode(older));

        byte[] kept =
                driver.<String, byte[]>getKeyValueStore(StoreNames.RESULTS).get("fruits");
        assertThat(Events.decode(kept, BallotResults.class)).isEqualTo(newest);
        assertThat(pushed.get(pushed.size() - 1)).isEqualTo(newest);
    }

    @Test
    void shouldKeepOfEachHourOfTurnoutTheSnapshotThatCoversMoreOfTheLog() throws Exception {
        publish();
        cast(voter(1), 1, "a1", "b1");
        cast(voter(2), 2, "a1");
        pipe(voter(3), vote("fruits", 3, "a1", "b1"), DURING.plus(Duration.ofMinutes(61)));
        driver.advanceWallClockTime(VotelogTopology.RESULTS_INTERVAL);
        driver.advanceWallClockTime(TallyProcessor.EMIT_TURNOUT_EVERY);
        PartitionTurnout over = new PartitionTurnout(
                "fruits",
                0,
                1,
                DURING,
                4L,
                List.of(new MinuteTurnout(0, 2L, 1L)),
                List.of(new QuarterVotes(0, List.of(1L, 0L, 0L, 1L, 0L, 0L))));
        PartitionTurnout running = new PartitionTurnout(
                "fruits",
                0,
                1,
                DURING.plus(Duration.ofHours(1)),
                4L,
                List.of(new MinuteTurnout(1, 3L, 2L)),
                List.of(new QuarterVotes(0, List.of(2L, 0L, 0L, 2L, 0L, 0L))));
        assertThat(pushedTurnout).containsExactly(over, running);

        PartitionTurnout stale = PartitionTurnout.newBuilder(over)
                .setNextOffset(3L)
                .setMinutes(List.of(new MinuteTurnout(0, 1L, 1L)))
                .build();
        TestInputTopic<byte[], byte[]> turnout =
                driver.createInputTopic(Topics.TURNOUT.name(), new ByteArraySerializer(), new ByteArraySerializer());
        turnout.pipeInput(Events.encode(stale));
        turnout.pipeInput(new byte[] {1, 2, 3});

        assertThat(pushedTurnout).containsExactly(over, running);
        var store = driver.<String, byte[]>getKeyValueStore(StoreNames.TURNOUT);
        assertThat(Events.decode(store.get("fruits/0/2021-12-06T00:00:00Z"), PartitionTurnout.class))
                .isEqualTo(over);
        assertThat(Events.decode(store.get("fruits/0/2021-12-06T01:00:00Z"), PartitionTurnout.class))
                .isEqualTo(running);
    }

    @Test
    void shouldKeepOfTheBallotsTopicWhatIsSignedAndCameFirst() throws Exception {
        BallotDefinition other = LogFixture.ballot("fruits", 9, 4, "live");
        TestInputTopic<byte[], byte[]> ballots =
                driver.createInputTopic(Topics.BALLOTS.name(), new ByteArraySerializer(), new ByteArraySerializer());
        byte[] key = "fruits".getBytes(StandardCharsets.UTF_8);
        ballots.pipeInput(key, LogFixture.published(LogFixture.newSigner(), other, LogSigner.CLAIM, 1));
        // Gateways pass these records over, so they win nothing here either: no partitions, another ballot's key, no
        // claim to be ready for.
        ballots.pipeInput(key, log.published(other, LogSigner.CLAIM, 0));
        ballots.pipeInput("nuts".getBytes(StandardCharsets.UTF_8), log.published(other, LogSigner.CLAIM, 1));
        ballots.pipeInput(key, log.ready(ballot));
        assertThat(driver.<String, byte[]>getKeyValueStore(StoreNames.BALLOTS).approximateNumEntries())
                .isZero();
        ballots.pipeInput(key, log.published(ballot, LogSigner.CLAIM, 1));
        ballots.pipeInput(key, log.published(other, LogSigner.CLAIM, 1));
        ballots.pipeInput(key, log.ready(other));
        ballots.pipeInput(key, log.ready(ballot));

        var store = driver.<String, byte[]>getKeyValueStore(StoreNames.BALLOTS);
        Sha256 digest = Events.decode(store.get(BallotsStoreProcessor.definitionKey("fruits")), BallotPublished.class)
                .getDigest();
        assertThat(digest).isEqualTo(ballot.digest());
        assertThat(Events.decode(store.get(BallotsStoreProcessor.readyKey("fruits")), BallotReady.class)
                        .getBallotId())
                .isEqualTo("fruits");
        assertThat(store.get(BallotsStoreProcessor.closedKey("fruits"))).isNull();
    }

    private Topology topology() {
        return topology(log.keys());
    }

    private Topology topology(LogKeys keys) {
        return parts(keys).whole();
    }

    private VotelogTopology parts(LogKeys keys) {
        return new VotelogTopology(
                keys,
                partition -> Long.MAX_VALUE,
                resultsInterval,
                pushed::add,
                pushedTurnout::add,
                (key, row) -> {},
                VerdictListener.NONE,
                SchemaIds.none());
    }

    private void restartWith(LogSigner signer) {
        restartWith(signer.publicKey());
    }

    /** Starts the topology anew, on empty stores. */
    private void restartWith(LogKeys keys) {
        driver.close();
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "votelog-test-2");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        driver = new TopologyTestDriver(topology(keys), config);
        votes = driver.createInputTopic(Topics.VOTES.name(), new ByteArraySerializer(), new ByteArraySerializer());
        decisions = output(Topics.DECISIONS.name());
        deadLetters = output(Topics.DEAD_LETTERS.name());
        results = output(Topics.RESULTS.name());
    }

    private TestInputTopic<byte[], byte[]> input(String topic) {
        return driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void publish() {
        pipe(null, log.published(ballot, 0, 1), DURING.minus(Duration.ofDays(1)));
    }

    private void cast(byte[] voter, int voteId, String... choices) {
        pipe(voter, vote("fruits", voteId, choices), DURING);
    }

    private void pipe(byte @Nullable [] key, byte @Nullable [] value, Instant at) {
        votes.pipeInput(new TestRecord<>(key, value, at));
    }

    private List<String> verdicts() {
        return decisions.readRecordsToList().stream()
                .map(record -> {
                    VoteDecided decided = decode(record.value(), VoteDecided.class);
                    assertThat(record.timestamp())
                            .isEqualTo(decided.getRecordedAt().toEpochMilli());
                    return decided.getOutcome() == Outcome.REJECTED
                            ? decided.getOutcome() + " " + decided.getReason()
                            : decided.getOutcome().toString();
                })
                .toList();
    }

    private static <T extends SpecificRecord> T decode(byte[] value, Class<T> kind) {
        try {
            return Events.decode(value, kind);
        } catch (MalformedEventException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> causes() {
        return deadLetters.readRecordsToList().stream()
                .map(VotelogTopologyTest::cause)
                .toList();
    }

    private static String cause(TestRecord<byte[], byte[]> buried) {
        return new String(buried.headers().lastHeader(DeadLetters.CAUSE).value(), StandardCharsets.US_ASCII);
    }

    private BallotResults newestResults() {
        driver.advanceWallClockTime(VotelogTopology.RESULTS_INTERVAL);
        driver.advanceWallClockTime(VotelogTopology.RESULTS_INTERVAL);
        allResults.addAll(results.readValuesToList());
        assertThat(allResults).isNotEmpty();
        try {
            return Events.decode(allResults.get(allResults.size() - 1), BallotResults.class);
        } catch (MalformedEventException e) {
            throw new AssertionError(e);
        }
    }

    private static long rejected(BallotResults results) {
        return results.getRejected().stream().mapToLong(ReasonCount::getCount).sum();
    }
}
