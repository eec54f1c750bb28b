// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.auditor.AuditorApplication;
import io.votelog.auditor.TestLog;
import io.votelog.auditor.export.ExportManifest.Wanted;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.source.CountedOffsets;
import io.votelog.auditor.source.DumpWriter;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.infra.testing.standards.ElectionResultsSchema;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExportTest {
    private static final long SEED = Long.getLong("votelog.seed", System.nanoTime());
    private static final Wanted TALLIES = new Wanted(false, null, false, 1);
    private static final Wanted VOTES = new Wanted(false, null, true, 2);
    private static final Wanted REPORTS = new Wanted(false, null, false, 1, true);
    private static final Wanted ROWS = new Wanted(true, null, false, 1);

    @TempDir
    Path dir;

    private static TestLog log() {
        TestLog log = new TestLog().publish(TestLog.fruits());
        for (int voter = 0; voter < 20; voter++) {
            log.vote(voter, voter, voter % 4 == 0 ? "a2" : "a1", "b1");
        }
        return log.vote(20, 20, "b2", "a3")
                .vote(20, 20, "a3", "b2")
                .vote(21, 21, "a3")
                .vote("nowhere", 22, 22, "=cmd()", "b1");
    }

    private ExportManifest export(LogSource log, Wanted wanted, Path folder) throws IOException {
        return new Export(log, TestLog.keys(), wanted, folder, 2, 3, new Progress(System.err, false)).run();
    }

    @Test
    void shouldHoldTalliesAndHowVotesWereDecided() throws IOException {
        ExportManifest manifest = export(log(), TALLIES, dir.resolve("out"));
        assertThat(files(dir.resolve("out")))
                .containsOnlyKeys("manifest.json", "tallies.jsonl", "tallies.csv", "decisions.jsonl", "decisions.csv");
        assertThat(dir.resolve("out/tallies.csv"))
                .hasContent(
                        """
                        ballotId,section,option,votes
                        fruits,A,a1,15
                        fruits,A,a2,5
                        fruits,A,a3,1
                        fruits,B,b1,20
                        fruits,B,b2,1
                        """
                                .replace("\n", "\r\n"));
        assertThat(Files.readAllLines(dir.resolve("out/decisions.jsonl")))
                .containsExactly(
                        "{\"ballotId\":\"fruits\",\"outcome\":\"ACCEPTED\",\"reason\":null,\"votes\":21}",
                        "{\"ballotId\":\"fruits\",\"outcome\":\"RETRIED\",\"reason\":null,\"votes\":1}",
                        "{\"ballotId\":\"fruits\",\"outcome\":\"REJECTED\",\"reason\":\"TOO_FEW_PICKS\",\"votes\":1}",
                        "{\"ballotId\":\"fruits\",\"outcome\":\"ANNULLED\",\"reason\":null,\"votes\":0}",
                        "{\"ballotId\":\"fruits\",\"outcome\":\"LATE\",\"reason\":null,\"votes\":0}");
        assertThat(manifest.positions()).isNull();
        assertThat(manifest.ballots().get(0).definition())
                .isEqualTo(TestLog.fruits().digestHex());
    }

    @Test
    void shouldHoldHowOftenEachSetWasChosenAfterTheEnd() throws IOException {
        TestLog log = log().close(TestLog.fruits()).vote(30, 30, "a1", "b1");
        export(log, VOTES, dir.resolve("out"));
        assertThat(Files.readAllLines(dir.resolve("out/votes.csv")))
                .as("one vote alone would be known, so five go with it")
                .containsExactly("ballotId,choices,votes", "fruits,a1 b1,15", "fruits,,6");
        assertThat(Files.readAllLines(dir.resolve("out/decisions.csv"))).contains("fruits,LATE,,1");
        export(log, new Wanted(false, null, true, 1), dir.resolve("all"));
        assertThat(Files.readAllLines(dir.resolve("all/votes.jsonl")))
                .containsExactly(
                        "{\"ballotId\":\"fruits\",\"choices\":[\"a3\",\"b2\"],\"votes\":1}",
                        "{\"ballotId\":\"fruits\",\"choices\":[\"a2\",\"b1\"],\"votes\":5}",
                        "{\"ballotId\":\"fruits\",\"choices\":[\"a1\",\"b1\"],\"votes\":15}");
    }

    @Test
    void shouldLeaveAnnulledVotesOutOfTalliesAndSets() throws IOException {
        TestLog log = log().annul(TestLog.fruits(), 20, 20, "fraud")
                .close(TestLog.fruits())
                .annul(TestLog.fruits(), 4, 4, "fraud")
                .annul(TestLog.fruits(), 4, 4, "once more");
        export(log, new Wanted(false, null, true, 1), dir.resolve("out"));
        assertThat(Files.readAllLines(dir.resolve("out/votes.csv")))
                .containsExactly("ballotId,choices,votes", "fruits,a2 b1,4", "fruits,a1 b1,15");
        assertThat(Files.readAllLines(dir.resolve("out/tallies.csv"))).contains("fruits,A,a3,0", "fruits,A,a2,4");
        assertThat(Files.readAllLines(dir.resolve("out/decisions.csv")))
                .contains("fruits,ACCEPTED,,21", "fruits,ANNULLED,,2");
        export(log, new Wanted(true, null, false, 1), dir.resolve("private"));
        assertThat(Files.readString(dir.resolve("private/private-votes-0.csv"))
                        + Files.readString(dir.resolve("private/private-votes-1.csv")))
                .contains("fruits," + TestLog.voteId(4) + ",ANNULLED,,a2 b1")
                .contains("fruits," + TestLog.voteId(20) + ",ANNULLED,,a3 b2");
    }

    @Test
    void shouldNotTellBeforeTheEndWhatIsHiddenUntilThen() throws IOException {
        TestLog log = log().publish(TestLog.fruits("hidden", "after-close")).vote("hidden", 1, 1, "a1", "b1");
        ExportManifest before = export(log, VOTES, dir.resolve("before"));
        assertThat(before.ballots())
                .extracting(ExportManifest.Ballot::ballotId, ExportManifest.Ballot::withheld)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("fruits", List.of("votes")),
                        org.assertj.core.groups.Tuple.tuple("hidden", List.of("tallies", "votes")));
        assertThat(Files.readString(dir.resolve("before/tallies.csv")))
                .contains("fruits,")
                .doesNotContain("hidden,");
        assertThat(Files.readString(dir.resolve("before/decisions.csv"))).contains("hidden,ACCEPTED,,1");
        assertThat(dir.resolve("before/votes.jsonl")).isEmptyFile();
        export(log.close(TestLog.fruits("hidden", "after-close")), TALLIES, dir.resolve("after"));
        assertThat(Files.readString(dir.resolve("after/tallies.csv"))).contains("hidden,A,a1,1");
    }

    @Test
    void shouldNotLetTheOrderOfTheLogBeSeen() throws IOException {
        TestLog log = new TestLog().publish(TestLog.fruits());
        TestLog other = new TestLog().publish(TestLog.fruits());
        for (int voter = 0; voter < 20; voter++) {
            log.vote(voter, voter, voter % 4 == 0 ? "a2" : "a1", "b1");
            other.vote(19 - voter, 19 - voter, "b1", (19 - voter) % 4 == 0 ? "a2" : "a1");
        }
        export(log.close(TestLog.fruits()), VOTES, dir.resolve("one"));
        export(other.close(TestLog.fruits()), VOTES, dir.resolve("other"));
        assertThat(files(dir.resolve("one"))).isEqualTo(files(dir.resolve("other")));
    }

    @Test
    void shouldHoldNothingForThePublicThatStandsForAVoter() throws IOException {
        TestLog log = log().close(TestLog.fruits());
        export(log, new Wanted(false, null, true, 1), dir.resolve("out"));
        String all = String.join("\n", files(dir.resolve("out")).values());
        assertNothingOfAVoter(log, all);
        assertThat(all).doesNotContainIgnoringCase("offset", "partition", "position", "voteId", "recordedAt", "time");
    }

    /** Looks for each way in which it may be written. */
    private static void assertNothingOfAVoter(TestLog log, String text) {
        for (int partition = 0; partition < TestLog.PARTITIONS; partition++) {
            for (ConsumerRecord<byte[], byte[]> record : log.records(Topics.VOTES, partition)) {
                assertThat(text)
                        .doesNotContain(
                                Long.toString(record.timestamp()),
                                Instant.ofEpochMilli(record.timestamp()).toString());
                if (record.key() != null) {
                    assertThat(text)
                            .doesNotContainIgnoringCase(HexFormat.of().formatHex(record.key()))
                            .doesNotContain(
                                    Base64.getEncoder().withoutPadding().encodeToString(record.key()),
                                    Base64.getUrlEncoder().withoutPadding().encodeToString(record.key()),
                                    new String(record.key(), StandardCharsets.ISO_8859_1));
                }
            }
        }
        for (int id = 0; id < 40; id++) {
            assertThat(text).doesNotContainIgnoringCase(TestLog.voteId(id).toString());
        }
    }

    @Test
    void shouldHoldEachBallotsResultsAsAnElectionReportWhereThatIsWanted() throws IOException {
        TestLog log = log().annul(TestLog.fruits(), 20, 20, "fraud")
                .publish(TestLog.fruits("hidden", "after-close"))
                .vote("hidden", 1, 1, "a1", "b1");
        Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        ExportManifest manifest = export(log, REPORTS, dir.resolve("open"));

        assertThat(manifest.files())
                .extracting(ExportManifest.File::file)
                .contains("tallies.csv", "fruits.nist.json", "hidden.nist.json");
        JsonNode fruits = report("open", "fruits");
        assertThat(fruits.path("Status").asString()).isEqualTo("unofficial-partial");
        assertThat(fruits.findValuesAsString("Count")).containsExactly("15", "5", "0", "20", "0");
        assertThat(fruits.at("/Election/0/BallotCounts/0/BallotsCast").asLong()).isEqualTo(20);
        assertThat(fruits.at("/Election/0/BallotCounts/0/BallotsRejected").asLong())
                .isEqualTo(1);
        assertThat(fruits.at("/ExternalIdentifier/0/Value").asString()).isEqualTo("1");
        assertThat(Instant.parse(fruits.path("GeneratedDate").asString())).isBetween(before, Instant.now());
        assertThat(report("open", "hidden").findValues("Count")).isEmpty();
        assertThat(report("open", "hidden")
                        .at("/Election/0/BallotCounts/0/BallotsCast")
                        .asLong())
                .isEqualTo(1);
        assertNothingOfAVoter(log, String.join("\n", files(dir.resolve("open")).values()));

        log.close(TestLog.fruits()).close(TestLog.fruits("hidden", "after-close"));
        export(log, REPORTS, dir.resolve("ended"));

        assertThat(report("ended", "fruits").path("Status").asString()).isEqualTo("unofficial-complete");
        assertThat(report("ended", "hidden").findValuesAsString("Count")).containsExactly("1", "0", "0", "1", "0");
    }

    private JsonNode report(String folder, String ballotId) throws IOException {
        byte[] report = Files.readAllBytes(dir.resolve(folder).resolve(ballotId + ".nist.json"));
        assertThat(ElectionResultsSchema.faults(report)).isEmpty();
        return new JsonMapper().readTree(report);
    }

    @Test
    void shouldTellTheTimeOfTheRunThatBeganTheReports() throws IOException {
        TestLog log = log().close(TestLog.fruits());
        assertThatThrownBy(() -> export(new Failing(log, 1), REPORTS, dir.resolve("stopped")))
                .hasMessageContaining("pulled out");
        Path plan = dir.resolve("stopped").resolve(Export.WORK).resolve(Export.PLAN);
        String begun = new JsonMapper().readTree(plan).path("begunAt").asString();
        Files.writeString(plan, Files.readString(plan).replace(begun, "2026-01-01T00:00:00Z"));

        export(log, REPORTS, dir.resolve("stopped"));

        assertThat(report("stopped", "fruits").path("GeneratedDate").asString()).isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void shouldHoldEveryVoteInTheOrderOfTheLogWhereThatIsWanted() throws IOException {
        TestLog log = log();
        ExportManifest manifest = export(log, ROWS, dir.resolve("out"));
        assertThat(manifest.notForPublication()).isTrue();
        assertThat(manifest.positions()).hasSize(TestLog.PARTITIONS);
        List<String> rows = new ArrayList<>();
        for (int partition = 0; partition < TestLog.PARTITIONS; partition++) {
            rows.addAll(Files.readAllLines(dir.resolve("out/private-votes-%d.csv".formatted(partition))));
        }
        assertThat(rows)
                .hasSize(2 + 24)
                .anyMatch(row -> row.endsWith(",%s,RETRIED,,a3 b2".formatted(TestLog.voteId(20))))
                .anyMatch(row -> row.contains(",fruits,%s,REJECTED,TOO_FEW_PICKS,a3".formatted(TestLog.voteId(21))))
                .as("what is no id is no formula either")
                .anyMatch(
                        row -> row.endsWith(",nowhere,%s,REJECTED,UNKNOWN_BALLOT,? b1".formatted(TestLog.voteId(22))));
        String all = String.join("\n", files(dir.resolve("out")).values());
        assertThat(all).contains("\"=cmd()\"");
        for (int voter = 0; voter < 40; voter++) {
            assertThat(all).doesNotContain(HexFormat.of().formatHex(TestLog.voter(voter)));
        }
    }

    @Test
    void shouldExportNoLogThatIsNotWhole() {
        TestLog log = log();
        log.records(Topics.VOTES, 1).remove(3);
        assertThatThrownBy(() -> export(log, TALLIES, dir.resolve("out")))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("not whole: partition 1: offset 3 is missing");
    }

    @Test
    void shouldGoOnWhereItWasStoppedEvenIfTheLogHasGrownSince() throws IOException {
        TestLog log = log().close(TestLog.fruits());
        export(log, VOTES, dir.resolve("whole"));
        assertThatThrownBy(() -> export(new Failing(log, 1), VOTES, dir.resolve("stopped")))
                .hasMessageContaining("pulled out");
        assertThat(dir.resolve("stopped").resolve(ExportManifest.NAME)).doesNotExist();
        assertThatThrownBy(() -> export(log, TALLIES, dir.resolve("stopped")))
                .hasMessageContaining("unfinished export of other things");
        for (int voter = 50; voter < 60; voter++) {
            log.vote(voter, voter, "a1", "b1");
        }
        export(log, VOTES, dir.resolve("stopped"));
        assertThat(files(dir.resolve("stopped"))).isEqualTo(files(dir.resolve("whole")));
        assertThatThrownBy(() -> export(log, TALLIES, dir.resolve("stopped")))
                .hasMessageContaining("holds another export");
    }

    private record Failing(LogSource log, int partition) implements LogSource {
        @Override
        public String name() {
            return log.name();
        }

        @Override
        public List<OffsetRange> ranges(String topic) {
            return log.ranges(topic);
        }

        @Override
        public Records stored(OffsetRange range) {
            if (range.partition() == partition) {
                throw new AuditException("the plug was pulled out");
            }
            return log.stored(range);
        }

        @Override
        public void close() {
            log.close();
        }
    }

    /** A process of its own, killed at random moments and started again. */
    @ParameterizedTest
    @ValueSource(strings = {"--votes", "--private"})
    void shouldComeToTheSameBytesHoweverOftenItIsKilled(String option) throws Exception {
        Random random = new Random(SEED);
        TestLog log = new TestLog().publish(TestLog.fruits());
        for (int voter = 0; voter < 40_000; voter++) {
            log.vote(voter, voter, "a" + (1 + random.nextInt(3)), "b" + (1 + random.nextInt(2)));
        }
        log.close(TestLog.fruits());
        Path dump = dir.resolve("dump");
        new DumpWriter(log, CountedOffsets.GROUP, dump, new Progress(System.err, false)).write();
        assertThat(run(dump, dir.resolve("whole"), option).waitFor()).isZero();

        Path folder = dir.resolve("killed");
        int kills = 0;
        for (int attempt = 0; attempt < 6; attempt++) {
            Process process = run(dump, folder, option);
            // Within the work, which takes some hundreds of milliseconds.
            while (process.isAlive()
                    && Files.notExists(folder.resolve(Export.WORK).resolve(Export.PLAN))) {
                Thread.onSpinWait();
            }
            if (!process.waitFor(random.nextInt(attempt == 0 ? 100 : 400), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
                kills++;
            }
        }
        assertThat(run(dump, folder, option).waitFor()).as("seed %d", SEED).isZero();
        assertThat(kills).as("seed %d", SEED).isPositive();
        assertThat(files(folder)).as("seed %d, %d kills", SEED, kills).isEqualTo(files(dir.resolve("whole")));
    }

    private static Process run(Path dump, Path out, String option) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AuditorApplication.class.getName(),
                        "export",
                        "--dump",
                        dump.toString(),
                        "--public-key",
                        TestLog.publicKey(),
                        "--threads",
                        "1",
                        "--out",
                        out.toString(),
                        option)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static Map<String, String> files(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> there = Files.list(folder)) {
            for (Path file : there.toList()) {
                files.put(file.getFileName().toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return files;
    }
}
