// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.votelog.events.VoteCast;
import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.infra.testing.browser.Browser;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The walk of VERIFY.md with a whole system: a voter votes, keeps the promise, gets the proof and checks both in a browser that has no network. Then
 * those who run the vote change the log, and seal it anew with their own keys: what the voter kept, and what a monitor saw, convicts them.
 */
@WholeSystem
class ProvenVoteIT {
    private static final Duration SOON = Duration.ofMinutes(3);
    private static final String RECEIPTS = "/v1/ballots/gz-customs-2021/receipts/";
    private static final int PARTITIONS = 4;

    @TempDir
    private Path dir;

    private Running up;
    private AuditorProgram auditor;
    private JsonNode vote;
    private Path answer;
    private Path announcement;
    private Path page;
    private Path dump;
    private Path state;

    @BeforeEach
    void begin() throws IOException {
        auditor = new AuditorProgram(dir);
        answer = dir.resolve("answer.json");
        announcement = dir.resolve("announcement.json");
        page = dir.resolve("check.html");
        dump = dir.resolve("dump");
        state = dir.resolve("seen.json");
    }

    @AfterEach
    void leaveNothingBehind() {
        if (up != null) {
            up.kill();
        }
    }

    private AuditorProgram.Said auditor(int exitCode, Object... words) throws Exception {
        AuditorProgram.Said said =
                auditor.run(List.of(words).stream().map(Object::toString).toArray(String[]::new));
        assertThat(said.exitCode()).as("%s: %s", List.of(words), said.text()).isEqualTo(exitCode);
        return said;
    }

    @Test
    void shouldProveAVoteToItsVoterAndConvictWhoeverChangesItLater() throws Exception {
        up = Running.start(dir);
        up.awaitReady();
        vote = up.vote("ada", "01", "25");
        for (int voter = 0; voter < 40; voter++) {
            up.vote("voter-" + voter, "02", "26");
        }
        Files.writeString(answer, new JsonMapper().writeValueAsString(vote));
        Files.writeString(announcement, up.get(up.sealedLog() + "/announcement.json"));
        Files.writeString(page, up.get(up.sealedLog() + "/check"));
        Path proof = proofOfTheVote();
        announcedIsWhatStandsInTheLog();

        String receipt = vote.path("receipt").stringValue();
        auditor(0, "promise", answer, "--announced", announcement, "--sealed-log", up.sealedLog());
        auditor(0, "verify-receipt", receipt, proof, "--announced", announcement);
        auditor(0, "monitor", "--once", "--log", up.sealedLog(), "--announced", announcement, "--state", state);
        assertThat(judged(announcement, answer, proof)).isEqualTo("accepted");

        auditor(0, "dump", "--bootstrap-servers", up.kafka(), dump);
        up.interrupt();
        assertThat(up.awaitEnd(SOON)).isZero();

        convicts("dropped", (log, partition) -> {
            try {
                log.change(Topics.VOTES.name(), partition, ProvenVoteIT.this::drop);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        convicts("changed", (log, partition) -> {
            try {
                log.change(Topics.VOTES.name(), partition, ProvenVoteIT.this::changeChoices);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    /** The proof as the read side hands it out, once the vote and its verdict are sealed. */
    private Path proofOfTheVote() {
        String path = RECEIPTS + vote.path("receipt").stringValue() + "/proof?offset="
                + vote.path("offset").asLong();
        await().atMost(SOON).untilAsserted(() -> {
            HttpResponse<String> got = PagesSystem.ask(up.resultsSide(path), "application/json");
            assertThat(got.statusCode()).as(got.body()).isEqualTo(200);
            Files.writeString(dir.resolve("proof.json"), got.body());
        });
        return dir.resolve("proof.json");
    }

    private void announcedIsWhatStandsInTheLog() throws Exception {
        AuditorProgram.Said announced = auditor(
                0,
                "announce",
                "--bootstrap-servers",
                up.kafka(),
                "--public-key-file",
                up.secret("log-public-key"),
                "--log-key",
                Files.readString(dir.resolve(".votelog/sealed/public-keys")));
        JsonMapper json = new JsonMapper();
        assertThat(json.readTree(Files.readString(announcement))).isEqualTo(json.readTree(announced.text()));
    }

    /** What the page says of these files, saved and opened from the disk, in a browser without a network. */
    private String judged(Path... files) {
        try (Browser browser = Browser.start()) {
            Browser.Visitor visitor = browser.visitor(Browser.Screen.PHONE, ColorScheme.LIGHT, "en-GB");
            visitor.offline(true);
            Page opened = visitor.open(page.toUri().toString());
            opened.locator("#files").setInputFiles(files);
            assertThat(opened.locator("#checked")).isVisible();
            String outcome = opened.locator("#verdict").getAttribute("data-outcome");
            browser.leave();
            return outcome;
        }
    }

    /** Takes the vote out, and numbers what comes behind it anew, as if it had never been there. */
    private void drop(List<DumpedLog.Entry> entries) {
        entries.removeIf(entry -> entry.offset == vote.path("offset").asLong());
        goOn(entries);
    }

    /** The log goes on behind that, as it would have: here with the last voter's vote, which comes again and again. */
    private static void goOn(List<DumpedLog.Entry> entries) {
        DumpedLog.Entry last = entries.get(entries.size() - 1);
        for (int more = 0; more < 50; more++) {
            entries.add(last.copy());
        }
        for (int at = 0; at < entries.size(); at++) {
            entries.get(at).offset = at;
        }
    }

    private void changeChoices(List<DumpedLog.Entry> entries) {
        DumpedLog.Entry entry = entries.get((int) vote.path("offset").asLong());
        try {
            VoteCast cast = Events.decode(entry.value, VoteCast.class);
            entry.value = Events.encode(VoteCast.newBuilder(cast)
                    .setChoices(new ArrayList<>(List.of("02", "26")))
                    .build());
        } catch (MalformedEventException e) {
            throw new AssertionError(e);
        }
        goOn(entries);
    }

    /**
     * Those who run the vote change the log in this way, and write and seal it anew with all keys that they have; what the voter and a monitor
     * kept convicts them.
     */
    private void convicts(String name, BiConsumer<DumpedLog, Integer> change) throws Exception {
        DumpedLog forged = DumpedLog.copy(dump, dir.resolve(name + "-dump"));
        change.accept(forged, vote.path("partition").asInt());
        forged.forget(Topics.SEALS.name(), 0);
        Path sealed = dir.resolve(name + "-sealed");
        try (KafkaCluster cluster =
                KafkaCluster.single(dir.resolve(name + "-kafka")).start()) {
            auditor(0, "restore", "--bootstrap-servers", cluster.bootstrapServers(), forged.folder());
            pretendToCount(cluster);
            seal(cluster, sealed);
        }

        AuditorProgram.Said broken = auditor(1, "promise", answer, "--announced", announcement, "--sealed-log", sealed);
        assertThat(broken.text()).contains("another record is sealed there");
        Path evidence = dir.resolve("answer.json.broken.json");
        assertThat(judged(announcement, answer, evidence)).isEqualTo("accused");
        Files.delete(evidence);

        Path seen = Files.copy(state, dir.resolve(name + "-seen.json"));
        AuditorProgram.Said alarmed = auditor(
                1, "monitor", "--once", "--json", "--log", sealed, "--announced", announcement, "--state", seen);
        assertThat(alarmed.text()).containsPattern("\"kind\"\\s*:\\s*\"(fork|shrunken)\"");
        auditor(
                1,
                "equivocation",
                dir.resolve(".votelog/sealed/log/votes/checkpoint"),
                sealed.resolve("votes/checkpoint"),
                "--log",
                sealed,
                "--log-key",
                Files.readString(dir.resolve(".votelog/sealed/public-keys")));
    }

    /** Makes what topics are missing, and has the group that counts say that it has counted all. */
    private static void pretendToCount(KafkaCluster cluster) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            Set<String> there = admin.listTopics().names().get();
            List<NewTopic> missing = new ArrayList<>();
            for (Topic topic : List.of(Topics.DECISIONS, Topics.DEAD_LETTERS, Topics.RESULTS, Topics.SEALS)) {
                if (!there.contains(topic.name())) {
                    missing.add(topic.newTopic(topic == Topics.SEALS ? 1 : PARTITIONS, 1));
                }
            }
            admin.createTopics(missing).all().get();
            Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                wanted.put(new TopicPartition(Topics.VOTES.name(), partition), OffsetSpec.latest());
            }
            Map<TopicPartition, OffsetAndMetadata> counted = new HashMap<>();
            admin.listOffsets(wanted)
                    .all()
                    .get()
                    .forEach((at, end) -> counted.put(at, new OffsetAndMetadata(end.offset())));
            admin.alterConsumerGroupOffsets("votelog-streams", counted).all().get();
        }
    }

    /** Seals what stands there, votes alone, with the keys of the log that voters know. */
    private void seal(KafkaCluster cluster, Path sealed) throws Exception {
        AuditorProgram.Running sealer = auditor.start(
                "seal",
                "--bootstrap-servers",
                cluster.bootstrapServers(),
                "--log",
                sealed.toString(),
                "--key",
                dir.resolve(".votelog/sealed/signing-key").toString(),
                "--every",
                "0.5");
        try {
            await("the forged log is sealed").atMost(SOON).untilAsserted(() -> assertThat(
                            sealed.resolve("verdicts/checkpoint"))
                    .as(sealer.said())
                    .exists());
        } finally {
            sealer.process().destroy();
            sealer.process().waitFor();
        }
    }
}
