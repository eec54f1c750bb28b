// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import static io.votelog.streams.topology.LogFixture.DURING;
import static io.votelog.streams.topology.LogFixture.vote;
import static io.votelog.streams.topology.LogFixture.voter;
import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.BallotResults;
import io.votelog.events.VoteDecided;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.DeadLetters;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import io.votelog.schemas.registry.RegistryForm;
import io.votelog.schemas.registry.SchemaIds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.SchemaNormalization;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topology where a schema registry is set: it reads both forms, and writes the registry form. */
class RegistryFormTest {
    private static final int ID = 7;

    private final LogFixture log = new LogFixture();
    private final BallotDefinition ballot = LogFixture.ballot("fruits");
    private final SchemaIds ids = ids();
    private final Serializer<byte[]> written = ids.serializer();
    private final List<BallotResults> pushed = new ArrayList<>();
    private final List<String> ballots = new ArrayList<>();

    @TempDir
    Path stateDir;

    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> votes;

    @BeforeEach
    void start() {
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "votelog-registry");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        driver = new TopologyTestDriver(
                new VotelogTopology(
                                log.keys(),
                                partition -> Long.MAX_VALUE,
                                VotelogTopology.RESULTS_INTERVAL,
                                pushed::add,
                                turnout -> {},
                                (key, row) -> ballots.add(key),
                                VerdictListener.NONE,
                                ids)
                        .whole(),
                config);
        votes = driver.createInputTopic(Topics.VOTES.name(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void shouldCountVotesInBothFormsAndWriteTheRegistryForm() throws Exception {
        inRegistryForm(
                null,
                log.published(ballot, 0, 1),
                DURING.minus(Duration.ofDays(1)).toEpochMilli());
        inRegistryForm(voter(1), vote("fruits", 1, "a1", "b1"), DURING.toEpochMilli());
        asItIs(voter(2), vote("fruits", 2, "a1", "b2"), new RecordHeaders());
        // The same vote in the other form is the same vote.
        asItIs(voter(1), vote("fruits", 1, "a1", "b1"), new RecordHeaders());
        // Two timers that trigger one after the other: the tally's, turnout with it, then the merge's.
        driver.advanceWallClockTime(Duration.ofSeconds(2));
        driver.advanceWallClockTime(Duration.ofSeconds(2));

        List<TestRecord<byte[], byte[]>> decisions = output(Topics.DECISIONS);
        assertThat(decisions).hasSize(3);
        List<String> outcomes = new ArrayList<>();
        for (TestRecord<byte[], byte[]> decision : decisions) {
            outcomes.add(Events.decode(read(decision), VoteDecided.class)
                    .getOutcome()
                    .toString());
        }
        assertThat(outcomes).containsExactly("ACCEPTED", "ACCEPTED", "RETRIED");
        for (Topic topic : List.of(Topics.TALLIES, Topics.TURNOUT, Topics.RESULTS)) {
            List<TestRecord<byte[], byte[]>> records = output(topic);
            assertThat(records).as(topic.name()).isNotEmpty();
            for (TestRecord<byte[], byte[]> record : records) {
                assertThat(Events.decode(read(record)).event().getSchema().getName())
                        .isEqualTo(topic.events().get(0));
            }
        }
        // Results came back through their topic, in registry form.
        assertThat(pushed).last().satisfies(results -> assertThat(results.getVotes())
                .containsExactly(2L, 0L, 0L, 1L, 1L, 0L));
        assertThat(output(Topics.DEAD_LETTERS)).isEmpty();
    }

    @Test
    void shouldPutAsideARecordAsItCameWithTheHeaderThatItIsReadBy() {
        inRegistryForm(
                null,
                log.published(ballot, 0, 1),
                DURING.minus(Duration.ofDays(1)).toEpochMilli());
        byte[] vote = vote("fruits", 1, "a1", "b1");
        Headers headers = new RecordHeaders();
        byte[] value = written.serialize(Topics.VOTES.name(), headers, vote);
        byte[] mark = headers.lastHeader(RegistryForm.HEADER).value();
        Headers twice = new RecordHeaders(headers).add(RegistryForm.HEADER, mark);
        Headers shorter = new RecordHeaders().add(RegistryForm.HEADER, Arrays.copyOf(mark, 7));

        // A vote with a key that is none; the header is part of what it says.
        asItIs(new byte[3], value, headers);
        asItIs(voter(1), value, new RecordHeaders());
        asItIs(voter(1), value, twice);
        asItIs(voter(1), value, shorter);
        asItIs(voter(1), Arrays.copyOf(value, value.length - 1), headers);

        List<TestRecord<byte[], byte[]>> letters = output(Topics.DEAD_LETTERS);
        assertThat(letters)
                .extracting(letter -> new String(
                        letter.headers().lastHeader(DeadLetters.CAUSE).value(), StandardCharsets.US_ASCII))
                .containsExactly("BAD_KEY", "UNDECODABLE", "UNDECODABLE", "UNDECODABLE", "UNDECODABLE");
        assertThat(letters.subList(0, 4))
                .allSatisfy(letter -> assertThat(letter.value()).isEqualTo(value));
        assertThat(letters.get(4).value()).isEqualTo(Arrays.copyOf(value, value.length - 1));
        assertThat(letters)
                .extracting(letter -> letter.headers().lastHeader(RegistryForm.HEADER) != null)
                .containsExactly(true, false, false, false, true);
        assertThat(output(Topics.DECISIONS)).isEmpty();
    }

    @Test
    void shouldKnowBallotsThatStandInRegistryForm() {
        TestInputTopic<byte[], byte[]> topic =
                driver.createInputTopic(Topics.BALLOTS.name(), new ByteArraySerializer(), new ByteArraySerializer());
        for (byte[] event : new byte[][] {log.published(ballot, LogSigner.CLAIM, 1), log.ready(ballot)}) {
            Headers headers = new RecordHeaders();
            byte[] value = written.serialize(Topics.BALLOTS.name(), headers, event);
            topic.pipeInput(new TestRecord<>("fruits".getBytes(StandardCharsets.UTF_8), value, headers, DURING));
        }
        assertThat(ballots)
                .containsExactly(
                        BallotsStoreProcessor.definitionKey("fruits"), BallotsStoreProcessor.readyKey("fruits"));
    }

    private void inRegistryForm(byte @Nullable [] key, byte[] event, long atMs) {
        Headers headers = new RecordHeaders();
        byte[] value = written.serialize(Topics.VOTES.name(), headers, event);
        votes.pipeInput(new TestRecord<>(key, value, headers, atMs));
    }

    private void asItIs(byte[] key, byte[] value, Headers headers) {
        votes.pipeInput(new TestRecord<>(key, value, headers, DURING));
    }

    private List<TestRecord<byte[], byte[]>> output(Topic topic) {
        return driver.createOutputTopic(topic.name(), new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    /** The event, of a record that must be in registry form. */
    private static byte[] read(TestRecord<byte[], byte[]> record) {
        assertThat(record.value()).startsWith(0, 0, 0, 0, ID);
        byte[] event = RegistryForm.toSingleObject(record.value(), record.headers());
        assertThat(event).isNotSameAs(record.value());
        return event;
    }

    private static SchemaIds ids() {
        Map<String, Map<Long, Integer>> ids = new HashMap<>();
        for (Topic topic : Topics.all()) {
            Map<Long, Integer> ofTopic = new HashMap<>();
            topic.events()
                    .forEach(event -> ofTopic.put(SchemaNormalization.parsingFingerprint64(Events.schema(event)), ID));
            ids.put(topic.name(), ofTopic);
        }
        return SchemaIds.of(ids);
    }
}
