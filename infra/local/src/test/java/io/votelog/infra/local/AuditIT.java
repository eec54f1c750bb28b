// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.events.BallotResults;
import io.votelog.events.Outcome;
import io.votelog.events.Salt;
import io.votelog.events.VoteAnnulled;
import io.votelog.events.VoteCast;
import io.votelog.events.VoteDecided;
import io.votelog.infra.local.AuditorProgram.Said;
import io.votelog.infra.local.DumpedLog.Entry;
import io.votelog.infra.testing.Python;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The auditor as it is built, and the recount in another language, on the log of a whole system and on what forgers make of it. */
@WholeSystem
class AuditIT {
    private static final String VOTES = Topics.VOTES.name();
    private static final String DECISIONS = Topics.DECISIONS.name();
    private static final String RESULTS = Topics.RESULTS.name();
    private static final String BALLOT = "gz-customs-2021";
    private static final Path RECOUNT = Path.of("../../auditor/recount.py");
    private static final int PARTITION = 1;
    private static final int ANNULLED = 5;
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path dir;

    private static AuditorProgram auditor;
    private static Running up;
    private static String publicKey;
    private static Path honest;

    /** Answers to votes, as the gateway gave them. */
    private static List<JsonNode> promised = new ArrayList<>();

    @BeforeAll
    static void dumpTheLogOfAWholeSystem() throws Exception {
        auditor = new AuditorProgram(dir);
        up = Running.start(dir, "--demo", "100");
        up.awaitReady();
        publicKey =
                Files.readString(dir.resolve(".votelog/secrets/log-public-key")).strip();
        writeNoise();
        for (int fraud = 0; fraud < ANNULLED; fraud++) {
            JsonNode vote = up.vote("fraudster-" + fraud, "07", "25");
            promised.add(vote);
            assertThat(up.receipt(vote).path("status").stringValue()).isEqualTo("accepted");
            up.annul(vote, "cast with a stolen sign-in 盗用");
            assertThat(up.receipt(vote).path("annulled").path("reason").stringValue())
                    .isEqualTo("cast with a stolen sign-in 盗用");
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> up.turnout("received") > 2_000);
        honest = dir.resolve("honest");
        assertThat(audit("dump", "--bootstrap-servers", up.kafka(), honest.toString()))
                .as("the dump")
                .matches(said -> said.exitCode() == 0);
    }

    @AfterAll
    static void stop() {
        if (up != null) {
            up.kill();
        }
    }

    /** What clients that know no better, or mean no good, write into votes themselves. */
    private static void writeNoise() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", up.kafka()), new ByteArraySerializer(), new ByteArraySerializer())) {
            byte[] voter = new byte[16];
            VoteCast vote = new VoteCast(new UUID(1, 1), BALLOT, List.of("01", "25"), new Salt(new byte[32]));
            VoteCast unknown = new VoteCast(new UUID(1, 2), "no-such", List.of("01"), new Salt(new byte[32]));
            for (int partition = 0; partition < 4; partition++) {
                for (byte[] value : List.of(new byte[] {1, 2, 3}, Events.encode(vote), Events.encode(unknown))) {
                    producer.send(new ProducerRecord<>(VOTES, partition, voter, value))
                            .get();
                }
                producer.send(new ProducerRecord<>(VOTES, partition, new byte[3], Events.encode(vote)))
                        .get();
            }
        }
    }

    @Test
    void shouldFindALiveLogRight() throws Exception {
        Said said = audit("replay", "--bootstrap-servers", up.kafka(), "--public-key", publicKey);
        assertThat(said.text()).contains("Verified: all").doesNotContain("FAIL", "SKIPPED");
        assertThat(said.exitCode()).isZero();
    }

    /** The root's README, from its first vote to the annulment, and then what the READMEs of both sides' readers show. */
    @Test
    void shouldDoWhatTheReadmesTell() throws Exception {
        boolean curl = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "curl")));
        if (!curl) {
            System.out.println("the READMEs' commands skipped: no curl in the PATH");
        }
        assumeTrue(curl);
        ReadmeShell shell = new ReadmeShell(dir, up);
        String vote = shell.run(ReadmeShell.fenced("README.md", "sh").stream()
                .filter(block -> block.contains("curl") || block.contains("java -jar"))
                .collect(Collectors.joining()));
        assertThat(vote).contains("\"status\":\"accepted\"", "Verified: all", "\"turnout\":", "data:");
        JsonNode acknowledged = JSON.readTree(vote.lines()
                .filter(line -> line.startsWith("{") && line.contains("\"receipt\""))
                .findFirst()
                .orElseThrow());
        String receipt = acknowledged.path("receipt").stringValue();
        String voter = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Arrays.copyOf(Base64.getUrlDecoder().decode(receipt), 16));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> up.receipt(acknowledged).path("annulled").isObject());
        String asked = shell.run(ReadmeShell.fenced("streams-app/README.md", "").stream()
                .filter(block -> block.startsWith("curl"))
                .collect(Collectors.joining())
                .replace("<receipt>?offset=17", receipt + "?offset=" + acknowledged.path("offset"))
                .replace("<voterRef>", voter));
        assertThat(asked).contains("openapi: 3.1", "\"status\":\"UP\"", "cast with a stolen sign-in\"");

        ObjectNode ballot = (ObjectNode) JSON.readTree(up.get(up.ballotPage("/v1/ballots/" + BALLOT)));
        ballot.retain("ballotId", "organiser", "title", "window", "picks", "sections", "order", "results");
        Files.writeString(dir.resolve("ballot.yaml"), JSON.writeValueAsString(ballot));
        ((ObjectNode) ballot.path("picks")).put("max", 2);
        Files.writeString(dir.resolve("at-most-two.json"), JSON.writeValueAsString(ballot));
        String dump = "auditor dump --bootstrap-servers localhost:9092 ";
        String audited = shell.run("KEY=" + publicKey + "\n"
                + ReadmeShell.fenced("auditor/README.md", "sh").stream()
                        .filter(block -> block.contains(" announce ") || block.contains(" digest "))
                        .collect(Collectors.joining())
                + ReadmeShell.prompted("auditor/README.md").stream()
                        .map(line -> line.startsWith("auditor compare") ? dump + "tuesday\n" + line : line)
                        // The moments that the README names are before any record of this log.
                        .map(line -> line.replaceAll("--time \\S+", "--time " + Instant.now()))
                        .collect(Collectors.joining("\n")));
        assertThat(audited)
                .contains("Counted up to 0=", "what if", "A is the beginning of B", "ballotId,section,option,votes")
                .contains(BALLOT + ",ANNULLED,,");
        assertThat(dir.resolve("announcement.json")).content().contains("votelog-announcement/1", publicKey);
    }

    @Test
    void shouldFindAnHonestDumpRight() throws Exception {
        Said said = replay(honest);
        assertThat(said.text()).contains("Verified: all").doesNotContain("FAIL", "SKIPPED");
        assertThat(said.exitCode()).isZero();
        assertThat(said.text())
                .contains("revision 5: ", ", 5 annulled", "The annulments on " + BALLOT)
                .containsPattern("revision 5: partition \\d, offset \\d+, \\S+, vote \\S+: cast with a stolen sign-in")
                .containsPattern("option 07 from [0-9,]+ to [0-9,]+, option 25 from [0-9,]+ to [0-9,]+")
                .doesNotContain("revision 6: ");
        Said json = audit("replay", "--dump", honest.toString(), "--public-key", publicKey, "--json");
        assertThat(json.text()).contains("\"outcome\" : \"passed\"");
    }

    @Test
    void shouldNotCallItVerifiedWhenAStepWasSkipped() throws Exception {
        DumpedLog dump = forged("without-dead-letters");
        for (int partition = 0; partition < 4; partition++) {
            dump.forget(Topics.DEAD_LETTERS.name(), partition);
        }
        Said said = replay(dump.folder());
        assertThat(said.text()).contains("SKIPPED").doesNotContainIgnoringCase("verified");
        assertThat(said.exitCode()).isEqualTo(3);
    }

    @Test
    void shouldFindARemovedVote() throws Exception {
        DumpedLog dump = forged("removed");
        dump.change(VOTES, PARTITION, entries -> entries.remove(accepted(dump, entries)));
        assertMismatch(dump, "The log is whole", "partition 1: offset", "is missing");
    }

    @Test
    void shouldFindARemovedVoteWhenTheOffsetsAreMadeDenseAgain() throws Exception {
        DumpedLog dump = forged("removed-and-renumbered");
        dump.change(VOTES, PARTITION, entries -> {
            entries.remove(accepted(dump, entries));
            for (int at = 0; at < entries.size(); at++) {
                entries.get(at).offset = at;
            }
        });
        assertMismatch(dump, "Every published verdict", "votes partition 1, offset");
    }

    @Test
    void shouldFindAChangedChoice() throws Exception {
        DumpedLog dump = forged("changed-choice");
        dump.change(VOTES, PARTITION, entries -> {
            Entry entry = accepted(dump, entries);
            VoteCast vote = decode(entry.value, VoteCast.class);
            List<String> choices = List.of(vote.getChoices().contains("43") ? "42" : "43", "07");
            entry.value =
                    Events.encode(VoteCast.newBuilder(vote).setChoices(choices).build());
        });
        assertMismatch(dump, "The results of " + BALLOT, "option ", "published", "counted here");
    }

    @Test
    void shouldFindTwoSwappedRecords() throws Exception {
        DumpedLog dump = forged("swapped");
        dump.change(VOTES, PARTITION, entries -> {
            int at = entries.indexOf(accepted(dump, entries));
            Entry one = entries.get(at);
            Entry other = entries.stream()
                    .skip(at + 1L)
                    .filter(candidate -> isVote(candidate))
                    .findFirst()
                    .orElseThrow();
            byte[] key = one.key;
            byte[] value = one.value;
            one.key = other.key;
            one.value = other.value;
            other.key = key;
            other.value = value;
        });
        assertMismatch(dump, "Every published verdict", "votes partition 1, offset");
    }

    @Test
    void shouldFindAFlippedVerdict() throws Exception {
        DumpedLog dump = forged("flipped-verdict");
        long[] offset = new long[1];
        dump.change(DECISIONS, PARTITION, entries -> {
            Entry entry = entries.stream()
                    .filter(candidate ->
                            decode(candidate.value, VoteDecided.class).getOutcome() == Outcome.REJECTED
                                    && decode(candidate.value, VoteDecided.class)
                                            .getBallotId()
                                            .equals(BALLOT))
                    .findFirst()
                    .orElseThrow();
            VoteDecided decided = decode(entry.value, VoteDecided.class);
            offset[0] = decided.getVoteOffset();
            entry.value = Events.encode(VoteDecided.newBuilder(decided)
                    .setOutcome(Outcome.ACCEPTED)
                    .setReason(null)
                    .build());
        });
        assertMismatch(
                dump,
                "Every published verdict",
                "votes partition 1, offset %d: published ACCEPTED, found here REJECTED".formatted(offset[0]));
    }

    @Test
    void shouldFindAVerdictThatWasNeverPublished() throws Exception {
        DumpedLog dump = forged("missing-verdict");
        dump.change(DECISIONS, PARTITION, entries -> {
            long offset = decode(entries.get(5).value, VoteDecided.class).getVoteOffset();
            entries.removeIf(entry -> decode(entry.value, VoteDecided.class).getVoteOffset() == offset);
        });
        assertMismatch(dump, "Every published verdict", "published nothing, found here");
    }

    @Test
    void shouldFindATotalThatIsOffByOne() throws Exception {
        DumpedLog dump = forged("off-by-one");
        changeResults(dump, results -> {
            List<Long> votes = new ArrayList<>(results.getVotes());
            votes.set(2, votes.get(2) + 1);
            return BallotResults.newBuilder(results).setVotes(votes).build();
        });
        assertMismatch(dump, "The results of " + BALLOT, "option 03: published");
    }

    @Test
    void shouldFindADuplicateThatWasCounted() throws Exception {
        DumpedLog dump = forged("counted-duplicate");
        changeResults(dump, results -> BallotResults.newBuilder(results)
                .setAccepted(results.getAccepted() + 1)
                .setRetried(results.getRetried() - 1)
                .build());
        assertMismatch(dump, "The results of " + BALLOT, "accepted: published");
    }

    @Test
    void shouldFindAnAnnulmentThatWasCountedTwice() throws Exception {
        DumpedLog dump = forged("annulled-twice");
        changeResults(dump, results -> {
            List<Long> votes = new ArrayList<>(results.getVotes());
            votes.set(6, votes.get(6) - 1);
            votes.set(24, votes.get(24) - 1);
            return BallotResults.newBuilder(results)
                    .setVotes(votes)
                    .setAnnulled(results.getAnnulled() + 1)
                    .setRevision(results.getRevision() + 1)
                    .build();
        });
        assertMismatch(
                dump,
                "The results of " + BALLOT,
                "annulled: published 6, counted here 5",
                "revision: published 6, counted here 5",
                "option 07: published");
    }

    @Test
    void shouldFindAnAnnulmentThatIsNotObeyed() throws Exception {
        DumpedLog dump = forged("not-annulled");
        changeResults(dump, results -> {
            List<Long> votes = new ArrayList<>(results.getVotes());
            votes.set(6, votes.get(6) + 1);
            votes.set(24, votes.get(24) + 1);
            return BallotResults.newBuilder(results)
                    .setVotes(votes)
                    .setAnnulled(results.getAnnulled() - 1)
                    .setRevision(results.getRevision() - 1)
                    .build();
        });
        assertMismatch(dump, "The results of " + BALLOT, "annulled: published 4, counted here 5");
    }

    /** One that is in the results, and whose record nobody signed. */
    @Test
    void shouldFindAnUnsignedAnnulmentThatWasObeyed() throws Exception {
        DumpedLog dump = forged("unsigned-annulment");
        boolean torn = false;
        for (int partition = 0; partition < 4 && !torn; partition++) {
            boolean[] found = new boolean[1];
            dump.change(VOTES, partition, entries -> entries.stream()
                    .filter(entry -> entry.key == null && event(entry) instanceof VoteAnnulled)
                    .findFirst()
                    .ifPresent(entry -> {
                        entry.value[entry.value.length - 1] ^= 1;
                        found[0] = true;
                    }));
            torn = found[0];
        }
        assertThat(torn).isTrue();
        assertMismatch(
                dump, "The results of " + BALLOT, "annulled: published 5, counted here 4", "option 25: published");
    }

    @Test
    void shouldHoldPromisesAgainstTheLog() throws Exception {
        Path all = Files.write(
                dir.resolve("promises.jsonl"),
                promised.stream().map(JsonNode::toString).toList());
        Said replayed = audit(
                "replay", "--bootstrap-servers", up.kafka(), "--public-key", publicKey, "--promises", all.toString());
        assertThat(replayed.text()).contains("Verified: all", "5 promises").doesNotContain("FAIL");
        if (Python.isHere("recount")) {
            Said recounted = auditor.program(
                    List.of("python3", RECOUNT.toString(), "--promises", all.toString(), honest.toString(), publicKey));
            assertThat(recounted.text()).contains("5 promises are held against the log");
            assertThat(recounted.exitCode()).as(recounted.text()).isZero();
        }

        JsonNode vote = promised.get(0);
        Path one = Files.writeString(dir.resolve("promise.json"), vote.toString());
        assertThat(audit("promise", "--public-key", publicKey, one.toString()).exitCode())
                .isZero();
        assertThat(audit("promise", "--dump", honest.toString(), "--public-key", publicKey, one.toString())
                        .exitCode())
                .isZero();
        DumpedLog dump = forged("promise-broken");
        dump.change(
                VOTES,
                vote.path("partition").intValue(),
                entries -> entries.removeIf(
                        entry -> entry.offset == vote.path("offset").longValue()));
        Said broken = audit("promise", "--dump", dump.folder().toString(), "--public-key", publicKey, one.toString());
        assertThat(broken.text())
                .contains("was promised at offset " + vote.path("offset").longValue(), "the log has nothing there");
        assertThat(broken.exitCode()).isEqualTo(1);
    }

    @Test
    void shouldShowAnnulmentsAsOfATime() throws Exception {
        Said after = audit(
                "as-of",
                "--dump",
                honest.toString(),
                "--public-key",
                publicKey,
                "--time",
                "2100-01-01T00:00:00Z",
                "--json");
        assertThat(JSON.readTree(after.text())
                        .path("ballots")
                        .path(0)
                        .path("annulled")
                        .longValue())
                .isEqualTo(ANNULLED);
    }

    @Test
    void shouldFindAMissingPartition() throws Exception {
        DumpedLog dump = forged("missing-partition");
        dump.forget(VOTES, PARTITION);
        assertMismatch(dump, "The log is whole", "partition 1 is missing", "partition 1 of 4 is missing");
    }

    @Test
    void shouldFindALogThatWasCutShort() throws Exception {
        DumpedLog dump = forged("cut-short");
        dump.change(VOTES, PARTITION, entries -> entries.subList(entries.size() / 2, entries.size())
                .clear());
        assertMismatch(dump, "The results of " + BALLOT, "it is cut short");
    }

    @Test
    void shouldSayThatACopyIsDamagedWhenItsHashIsAnother() throws Exception {
        Path damaged = forged("damaged").folder();
        Path file = damaged.resolve(VOTES + "-2.records");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        Said said = replay(damaged);
        assertThat(said.text()).contains("could not be run").contains("is damaged");
        assertThat(said.exitCode()).isEqualTo(2);
    }

    @Test
    void shouldSayWhyItCannotRun() throws Exception {
        Said noKey = audit("replay", "--dump", honest.toString());
        assertThat(noKey.exitCode()).isEqualTo(2);
        assertThat(noKey.text()).contains("--public-key");
        Said noBallot = audit("replay", "--dump", honest.toString(), "--public-key", publicKey, "--ballot", "other");
        assertThat(noBallot.exitCode()).isEqualTo(2);
        assertThat(noBallot.text()).contains("no ballot other stands in").contains(BALLOT);
        Said noBroker = audit("replay", "--dump", dir.resolve("nowhere").toString(), "--public-key", publicKey);
        assertThat(noBroker.exitCode()).isEqualTo(2);
        assertThat(noBroker.text()).contains("has no manifest.json");
    }

    @Test
    void shouldCountUpToWhereTheResultsDo() throws Exception {
        BallotResults published = newestResults();
        String offsets = published.getPositions().stream()
                .map(position -> position.getPartition() + "=" + position.getNextOffset())
                .collect(Collectors.joining(","));
        Said said =
                audit("as-of", "--dump", honest.toString(), "--public-key", publicKey, "--offsets", offsets, "--json");
        assertThat(said.exitCode()).as(said.text()).isZero();
        JsonNode ballot = JSON.readTree(said.text()).path("ballots").path(0);
        assertThat(ballot.path("ballotId").stringValue()).isEqualTo(BALLOT);
        assertThat(ballot.path("received").longValue()).isEqualTo(published.getReceived());
        assertThat(ballot.path("accepted").longValue()).isEqualTo(published.getAccepted());
        assertThat(ballot.path("votes").valueStream().map(JsonNode::longValue).toList())
                .isEqualTo(published.getVotes());

        Said before = audit(
                "as-of", "--dump", honest.toString(), "--public-key", publicKey, "--time", "2021-12-05T00:00:00Z");
        assertThat(before.text()).isEqualToNormalizingNewlines("Counted up to 0=0,1=0,2=0,3=0\n");
    }

    @Test
    void shouldShowWhatOtherRulesWouldHaveComeTo() throws Exception {
        ObjectNode ballot = (ObjectNode) JSON.readTree(up.get(up.ballotPage("/v1/ballots/" + BALLOT)));
        ballot.retain("ballotId", "organiser", "title", "window", "picks", "sections", "order", "results");
        ((ObjectNode) ballot.path("picks")).put("max", 3);
        Path file = Files.writeString(dir.resolve("three.json"), JSON.writeValueAsString(ballot));
        Said said = audit(
                "what-if",
                "--dump",
                honest.toString(),
                "--public-key",
                publicKey,
                "--ballot",
                file.toString(),
                "--json");
        assertThat(said.exitCode()).as(said.text()).isZero();
        JsonNode asIs = JSON.readTree(said.text()).path("asIs");
        JsonNode asIf = JSON.readTree(said.text()).path("asIf");
        assertThat(asIf.path("received")).isEqualTo(asIs.path("received"));
        assertThat(asIf.path("accepted").longValue())
                .isLessThan(asIs.path("accepted").longValue());
        assertThat(asIf.path("rejected").path("TOO_MANY_PICKS").longValue()).isPositive();
        Said text =
                audit("what-if", "--dump", honest.toString(), "--public-key", publicKey, "--ballot", file.toString());
        assertThat(text.text()).contains("as it is", "what if", "rejected TOO_MANY_PICKS");
    }

    @Test
    void shouldSayWhereTwoLogsDiffer() throws Exception {
        Said live = audit("compare", honest.toString(), up.kafka(), "--public-key", publicKey);
        assertThat(live.text()).contains("A is the beginning of B").doesNotContain("DIFFERENT");
        assertThat(live.exitCode()).isEqualTo(3);

        DumpedLog dump = forged("compared");
        dump.change(VOTES, PARTITION, entries -> {
            Entry entry = accepted(dump, entries);
            VoteCast vote = decode(entry.value, VoteCast.class);
            entry.value = Events.encode(VoteCast.newBuilder(vote)
                    .setChoices(List.of(vote.getChoices().contains("43") ? "42" : "43", "07"))
                    .build());
        });
        Said forged =
                audit("compare", honest.toString(), dump.folder().toString(), "--public-key", publicKey, "--json");
        assertThat(forged.exitCode()).as(forged.text()).isEqualTo(1);
        JsonNode found = JSON.readTree(forged.text());
        assertThat(found.path("first").path("what").stringValue()).isEqualTo("other choices");
        assertThat(found.path("first").path("partition").intValue()).isEqualTo(PARTITION);
        JsonNode ballot = found.path("ballots").path(0);
        assertThat(ballot.path("a").path("received")).isEqualTo(ballot.path("b").path("received"));
        assertThat(ballot.path("a").path("votes")).isNotEqualTo(ballot.path("b").path("votes"));
    }

    @Test
    void shouldExportWhatThePublicMaySee() throws Exception {
        Path out = dir.resolve("export");
        Said said = audit(
                "export", "--dump", honest.toString(), "--public-key", publicKey, "--out", out.toString(), "--votes");
        assertThat(said.exitCode()).as(said.text()).isZero();
        assertThat(said.text()).contains(BALLOT + ": not ended yet; withheld until then: votes");

        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(out)) {
            for (Path file : files.toList()) {
                all.append(Files.readString(file));
            }
        }
        DumpedLog log = forged("exported");
        for (int partition = 0; partition < 4; partition++) {
            for (Entry entry : log.read(DECISIONS, partition)) {
                VoteDecided decided = decode(entry.value, VoteDecided.class);
                assertThat(all.indexOf(decided.getVoteId().toString())).isNegative();
                assertThat(all.indexOf(decided.getRecordedAt().toString())).isNegative();
                assertThat(all.indexOf(Base64.getUrlEncoder().withoutPadding().encodeToString(entry.key)))
                        .isNegative();
                assertThat(all.indexOf(HexFormat.of().formatHex(entry.key))).isNegative();
            }
        }
        assertThat(all).doesNotContain("offset", "partition", "positions", "recordedAt");
        Said counted = audit(
                "as-of",
                "--dump",
                honest.toString(),
                "--public-key",
                publicKey,
                "--time",
                "2100-01-01T00:00:00Z",
                "--json");
        JsonNode votes = JSON.readTree(counted.text()).path("ballots").path(0).path("votes");
        List<String> tallies = Files.readAllLines(out.resolve("tallies.csv"));
        assertThat(tallies).hasSize(1 + votes.size());
        for (String line : tallies.subList(1, tallies.size())) {
            String[] cells = line.split(",");
            assertThat(cells[3]).as(line).isEqualTo(votes.path(cells[2]).asString());
        }
    }

    private static BallotResults newestResults() throws Exception {
        DumpedLog dump = forged("read-" + UUID.randomUUID());
        for (int partition = 0; partition < 4; partition++) {
            List<Entry> entries = dump.read(RESULTS, partition);
            if (!entries.isEmpty()) {
                return decode(entries.get(entries.size() - 1).value, BallotResults.class);
            }
        }
        throw new AssertionError("no results");
    }

    private static void assertMismatch(DumpedLog dump, String step, String... what) throws Exception {
        Said said = replay(dump.folder());
        assertThat(said.exitCode()).as(said.text()).isEqualTo(1);
        assertThat(said.text())
                .containsPattern("FAIL +" + step.replace("(", "\\("))
                .contains(what);
        assertThat(said.text()).contains("MISMATCH").doesNotContainIgnoringCase("verified");
        Said recounted = recount(dump.folder());
        assertThat(recounted.exitCode()).as(recounted.text()).isIn(1, 2);
    }

    @Test
    void shouldBeOfOneMindWithARecountInAnotherLanguage() throws Exception {
        Said said = recount(honest);
        assertThat(said.text())
                .contains("All verdicts and all numbers are the same.")
                .contains(BALLOT + ": ");
        assertThat(said.exitCode()).isZero();
    }

    private static DumpedLog forged(String name) throws IOException {
        return DumpedLog.copy(honest, dir.resolve(name));
    }

    /** The first vote of the partition that was accepted and is counted in the results. */
    private static Entry accepted(DumpedLog dump, List<Entry> votes) {
        try {
            long offset = dump.read(DECISIONS, PARTITION).stream()
                    .map(entry -> decode(entry.value, VoteDecided.class))
                    .filter(decided -> decided.getOutcome() == Outcome.ACCEPTED)
                    .mapToLong(VoteDecided::getVoteOffset)
                    .findFirst()
                    .orElseThrow();
            return votes.stream()
                    .filter(entry -> entry.offset == offset)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isVote(Entry entry) {
        return event(entry) instanceof VoteCast && entry.key.length == 16;
    }

    private static @Nullable SpecificRecord event(Entry entry) {
        try {
            return Events.decode(entry.value).event();
        } catch (MalformedEventException e) {
            return null;
        }
    }

    private static void changeResults(DumpedLog dump, UnaryOperator<BallotResults> change) throws Exception {
        for (int partition = 0; partition < 4; partition++) {
            dump.change(RESULTS, partition, entries -> {
                if (!entries.isEmpty()) {
                    Entry newest = entries.get(entries.size() - 1);
                    BallotResults results = decode(newest.value, BallotResults.class);
                    newest.value = Events.encode(change.apply(results));
                }
            });
        }
    }

    private static <T extends SpecificRecord> T decode(byte[] value, Class<T> kind) {
        try {
            return Events.decode(value, kind);
        } catch (MalformedEventException e) {
            throw new AssertionError(e);
        }
    }

    private static Said replay(Path dump) throws Exception {
        return audit("replay", "--dump", dump.toString(), "--public-key", publicKey);
    }

    private static Said audit(String... arguments) throws Exception {
        return auditor.run(arguments);
    }

    private static Said recount(Path dump) throws Exception {
        assumeTrue(Python.isHere("recount"));
        return auditor.program(List.of("python3", RECOUNT.toString(), dump.toString(), publicKey));
    }
}
