// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.infra.local.ApicurioRegistry.Ran;
import io.votelog.infra.local.AuditorProgram.Said;
import io.votelog.infra.testing.TopicReader;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.infra.testing.contract.AsyncApi;
import io.votelog.schemas.Events;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import io.votelog.schemas.registry.RegistryForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One log in two forms: begun in single-object encoding, gone on in registry form with a real Apicurio Registry, and back. Confluent's own client
 * reads what is in registry form; whoever counts, seals and audits reads all of it, whether the registry is there or not.
 */
@WholeSystem
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RegistryModeIT {
    private static final String BALLOT = "gz-customs-2021";
    private static final List<Topic> READ =
            List.of(Topics.VOTES, Topics.BALLOTS, Topics.DECISIONS, Topics.TALLIES, Topics.TURNOUT, Topics.RESULTS);
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path dir;

    private static int offset;
    private static ApicurioRegistry registry;
    private static Running up;
    private static int voters;

    @BeforeAll
    static void beginInSingleObjectEncoding() throws Exception {
        offset = Running.freeOffset();
        // A port that the system leaves free.
        registry = ApicurioRegistry.start(dir, 8090 + offset);
        start(Map.of());
        vote("accepted");
    }

    @AfterAll
    static void stop() {
        if (up != null) {
            up.kill();
        }
        if (registry != null) {
            registry.close();
        }
    }

    @Test
    @Order(1)
    void shouldNotStartWhileTheRegistryLacksASchema() throws Exception {
        end();
        String line = refusal();
        assertThat(line)
                .contains(
                        registry.url(),
                        "fingerprint ",
                        "under the subject votelog.",
                        "register it with schemas/register.py --registry " + registry.url());
    }

    @Test
    @Order(2)
    void shouldGoOnInRegistryFormAndBeReadByConfluentsClient() throws Exception {
        registry.fill();
        start(mode());
        vote("accepted");
        JsonNode again = up.vote("voter-1", "02", "26");
        assertThat(up.receipt(again).path("status").stringValue()).isEqualTo("rejected");
        up.annul(vote("accepted"), "cast with a stolen sign-in");
        up.publish("beside", ballot("beside"));

        Map<String, List<JsonNode>> read = readByConfluentsClient();
        List<JsonNode> votes = read.get(Topics.VOTES.name());
        assertThat(votes.stream().filter(event -> event.has("choices")))
                .extracting(event -> event.path("choices").toString())
                .containsExactlyInAnyOrder("[\"01\",\"25\"]", "[\"02\",\"26\"]", "[\"01\",\"25\"]");
        assertThat(votes).as("the annulment, and the ballot in four partitions").hasSize(3 + 1 + 4);
        assertThat(read.get(Topics.BALLOTS.name()))
                .anyMatch(event -> event.path("ballotId").stringValue("").equals("beside"));
        // The count's topics are committed a moment after the verdicts are known.
        await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> {
            Map<String, List<JsonNode>> counted = readByConfluentsClient();
            assertThat(counted.get(Topics.DECISIONS.name()))
                    .extracting(event -> event.path("outcome").stringValue())
                    .containsExactlyInAnyOrder("ACCEPTED", "ACCEPTED", "REJECTED");
            assertThat(counted.get(Topics.RESULTS.name()))
                    .anyMatch(event -> event.path("ballotId").stringValue().equals(BALLOT)
                            && event.path("accepted").longValue() == 3
                            && event.path("annulled").longValue() == 1);
            assertThat(counted.get(Topics.TALLIES.name())).isNotEmpty();
            assertThat(counted.get(Topics.TURNOUT.name())).isNotEmpty();
        });
    }

    @Test
    @Order(3)
    void shouldWriteWhatTheDescriptionOfTheLogSays() throws Exception {
        AsyncApi described = AsyncApi.of(Path.of("../../schemas/src/main/asyncapi/votelog.yaml"));
        for (Topic topic : READ) {
            List<ConsumerRecord<byte[], byte[]>> records = inRegistryForm(topic);
            assertThat(records).as(topic.name()).isNotEmpty();
            for (ConsumerRecord<byte[], byte[]> record : records) {
                String event = Events.decode(RegistryForm.toSingleObject(record).value())
                        .event()
                        .getSchema()
                        .getName();
                assertThat(described.faults(record, event)).isEmpty();
            }
        }
    }

    @Test
    @Order(4)
    void shouldPutAsideWhatIsInNeitherFormAsItCame() throws Exception {
        byte[] vote = inRegistryForm(Topics.VOTES).get(0).value();
        byte[] voter = new byte[16];
        byte[] mark = new byte[8];
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", up.kafka()), new ByteArraySerializer(), new ByteArraySerializer())) {
            ProducerRecord<byte[], byte[]> without = new ProducerRecord<>(Topics.VOTES.name(), 0, voter, vote);
            ProducerRecord<byte[], byte[]> unknown = new ProducerRecord<>(Topics.VOTES.name(), 0, voter, vote);
            unknown.headers().add(RegistryForm.HEADER, mark);
            producer.send(without).get();
            producer.send(unknown).get();
        }
        await().atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(TopicReader.readAll(up.kafka(), Topics.DEAD_LETTERS.name()))
                        .hasSize(2)
                        .allSatisfy(letter -> assertThat(letter.value()).isEqualTo(vote)));
        assertThat(TopicReader.readAll(up.kafka(), Topics.DEAD_LETTERS.name()))
                .extracting(letter -> letter.headers().lastHeader(RegistryForm.HEADER) != null)
                .containsExactly(false, true);
    }

    @Test
    @Order(5)
    void shouldGoOnWithoutTheRegistryOnceItRuns() throws Exception {
        registry.kill();
        vote("accepted");
        int before = inRegistryForm(Topics.DECISIONS).size();
        vote("accepted");
        await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> assertThat(inRegistryForm(Topics.DECISIONS))
                .hasSizeGreaterThan(before));
    }

    @Test
    @Order(6)
    void shouldSayWhyItDoesNotStartWithoutTheRegistry() throws Exception {
        end();
        assertThat(refusal())
                .contains("the schema registry at " + registry.url(), "and nobody takes the connection there");
    }

    /** The registry that is back has forgotten everything: the same schemas get ids of their own there, and that changes nothing. */
    @Test
    @Order(7)
    void shouldGoOnWithARegistryThatIsBack() throws Exception {
        registry.startAgain();
        registry.fill();
        start(mode());
        vote("accepted");
        up.awaitTurnout(7, 6, 0, 1);
    }

    @Test
    @Order(8)
    void shouldGoBackToSingleObjectEncoding() throws Exception {
        end();
        registry.kill();
        start(Map.of());
        int inVotes = inRegistryForm(Topics.VOTES).size();
        vote("accepted");
        assertThat(inRegistryForm(Topics.VOTES)).hasSize(inVotes);
        up.awaitTurnout(8, 7, 0, 1);
        assertThat(up.votes()).containsEntry("01", 6L).containsEntry("25", 6L);
        up.close();
        await().atMost(Duration.ofMinutes(3)).until(() -> up.status().equals("final"));
    }

    /** The registry is gone, and whoever looks at the log does not need it. */
    @Test
    @Order(9)
    void auditorSealerAndRecountShouldAgreeOnBothForms() throws Exception {
        assertThat(inRegistryForm(Topics.VOTES))
                .hasSizeLessThan(
                        TopicReader.readAll(up.kafka(), Topics.VOTES.name()).size());
        AuditorProgram auditor = new AuditorProgram(dir);
        String publicKey = Files.readString(up.secret("log-public-key")).strip();
        Said replay = auditor.run("replay", "--bootstrap-servers", up.kafka(), "--public-key", publicKey);
        assertThat(replay.text()).contains("Verified: all").doesNotContain("FAIL", "SKIPPED");

        String dump = dir.resolve("dump").toString();
        Said dumped = auditor.run("dump", "--bootstrap-servers", up.kafka(), dump);
        assertThat(dumped.exitCode()).as(dumped.text()).isZero();
        Said ofDump = auditor.run("replay", "--dump", dump, "--public-key", publicKey);
        assertThat(ofDump.text()).contains("Verified: all").doesNotContain("FAIL", "SKIPPED");
        Said recount = auditor.program(List.of("python3", "../../auditor/recount.py", dump, publicKey));
        assertThat(recount.text()).contains("All verdicts and all numbers are the same.");

        Path key = dir.resolve("sealing-key");
        Said made = auditor.run("keygen", "--origin", "example.org/two-forms", "--out", key.toString());
        String logKey = made.text()
                .lines()
                .filter(line -> line.startsWith("example.org/two-forms/"))
                .reduce((one, other) -> one + " " + other)
                .orElseThrow();
        String sealed = dir.resolve("sealed").toString();
        Said seal = auditor.run(
                "seal", "--bootstrap-servers", up.kafka(), "--log", sealed, "--key", key.toString(), "--once");
        assertThat(seal.exitCode()).as(seal.text()).isZero();
        Said ofBoth = auditor.run("dump", "--bootstrap-servers", up.kafka(), dump + "-sealed");
        assertThat(ofBoth.exitCode()).as(ofBoth.text()).isZero();
        Said verify = auditor.run(
                "verify", "--log", sealed, "--log-key", logKey, "--dump", dump + "-sealed", "--public-key", publicKey);
        assertThat(verify.exitCode()).as(verify.text()).isZero();
        assertThat(verify.text()).doesNotContain("FAIL");
    }

    private static Map<String, String> mode() {
        return Map.of("VOTELOG_SCHEMA_REGISTRY", registry.url());
    }

    private static void start(Map<String, String> environment) throws IOException {
        up = Running.startAt(dir, offset, environment, "--unsealed");
        up.awaitReady();
    }

    private static void end() throws Exception {
        up.interrupt();
        up.awaitEnd(Duration.ofMinutes(2));
    }

    /** The line that says why the system does not start in the mode. */
    private static String refusal() throws Exception {
        up = Running.startAt(dir, offset, mode(), "--unsealed");
        assertThat(up.awaitEnd(Duration.ofMinutes(3))).isNotZero();
        List<String> lines = up.err().stream()
                .filter(line -> line.contains("the schema registry at "))
                .toList();
        assertThat(lines).as("%s", up.err()).hasSize(1);
        return lines.get(0);
    }

    /** Casts the vote of another voter, and awaits its verdict. */
    private static JsonNode vote(String status) throws Exception {
        JsonNode vote = up.vote("voter-" + ++voters, "01", "25");
        assertThat(up.receipt(vote).path("status").stringValue()).isEqualTo(status);
        return vote;
    }

    private static List<ConsumerRecord<byte[], byte[]>> inRegistryForm(Topic topic) {
        return TopicReader.readAll(up.kafka(), topic.name()).stream()
                .filter(record -> record.value() != null && record.value()[0] == 0)
                .filter(record -> record.headers().lastHeader(RegistryForm.HEADER) != null)
                .toList();
    }

    /** By topic, the events in registry form. */
    private static Map<String, List<JsonNode>> readByConfluentsClient() throws Exception {
        Optional<String> python = Stream.of("python3", "/usr/bin/python3")
                .filter(RegistryModeIT::hasConfluentsClient)
                .findFirst();
        if (python.isEmpty()) {
            System.out.println("Confluent's client skipped: no python3 with confluent_kafka.avro (Debian:"
                    + " python3-confluent-kafka, python3-avro)");
        }
        assumeTrue(python.isPresent());
        List<String> command = new ArrayList<>(
                List.of(python.get(), "src/test/resources/confluent_reader.py", up.kafka(), registry.url()));
        READ.forEach(topic -> command.add(topic.name()));
        Ran ran = ApicurioRegistry.run(command);
        assertThat(ran.code()).as("%s", ran.lines()).isZero();
        Map<String, List<JsonNode>> read = new TreeMap<>();
        for (String line : ran.lines()) {
            if (line.startsWith("{")) {
                JsonNode record = JSON.readTree(line);
                read.computeIfAbsent(record.path("topic").stringValue(), topic -> new ArrayList<>())
                        .add(record.path("event"));
            }
        }
        return read;
    }

    private static boolean hasConfluentsClient(String python) {
        try {
            return ApicurioRegistry.run(List.of(python, "-c", "import confluent_kafka.avro"))
                            .code()
                    == 0;
        } catch (IOException noPython) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String ballot(String id) {
        Instant now = Instant.now();
        return """
                ballotId: %s
                title: A vote beside another
                window: {opensAt: "%s", closesAt: "%s"}
                picks: {min: 1, max: 1}
                sections:
                  - id: answers
                    title: Answers
                    options:
                      - {id: "a", title: One}
                      - {id: "b", title: Other}
                """
                .formatted(id, now.minusSeconds(5), now.plusSeconds(86_400));
    }
}
