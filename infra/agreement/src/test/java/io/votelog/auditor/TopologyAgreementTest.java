// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.auditor.count.AnnulledVote;
import io.votelog.auditor.count.PartitionBallot;
import io.votelog.auditor.count.PartitionReplay;
import io.votelog.auditor.count.RecordOutcome;
import io.votelog.auditor.count.ResultsHistory;
import io.votelog.auditor.export.Export;
import io.votelog.auditor.export.ExportManifest.Wanted;
import io.votelog.auditor.replay.DeadLettersCheck;
import io.votelog.auditor.replay.DecisionsCheck;
import io.votelog.auditor.replay.Replay;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Step;
import io.votelog.auditor.report.Step.Outcome;
import io.votelog.auditor.source.CountedOffsets;
import io.votelog.auditor.source.DumpWriter;
import io.votelog.events.BallotResults;
import io.votelog.infra.testing.Python;
import io.votelog.rules.Reason;
import io.votelog.schemas.DeadLetters.Cause;
import io.votelog.schemas.Events;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import io.votelog.schemas.registry.SchemaIds;
import io.votelog.streams.read.results.ReportShown;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.avro.SchemaNormalization;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compares the topology and the auditor on random logs from a seed. They share no code but the form of a vote and the
 * decoding of events.
 */
class TopologyAgreementTest {
    private static final Path RECOUNT = Path.of("../../auditor/recount.py");
    private static final Wanted REPORTS = new Wanted(false, null, false, 1, true);
    private static final Set<String> FOUND = new TreeSet<>();
    private static final Set<String> REPORTED = new TreeSet<>();

    @TempDir
    Path dir;

    static LongStream seeds() {
        long first = Long.getLong("votelog.seed", 20_211_211L);
        return LongStream.range(first, first + 30);
    }

    /** The topology of every other log writes in registry form. */
    private static SchemaIds schemas(long seed) {
        Map<String, Map<Long, Integer>> ids = new TreeMap<>();
        for (Topic topic : List.of(Topics.DECISIONS, Topics.TALLIES, Topics.TURNOUT, Topics.RESULTS)) {
            topic.events()
                    .forEach(event -> ids.put(
                            topic.name(),
                            Map.of(
                                    SchemaNormalization.parsingFingerprint64(Events.schema(event)),
                                    new Random(seed).nextInt())));
        }
        return seed % 2 == 0 ? SchemaIds.of(ids) : SchemaIds.none();
    }

    static LongStream fewSeeds() {
        return seeds().limit(8);
    }

    /** Otherwise the random logs would not cover what they are meant to. */
    @AfterAll
    static void shouldHaveMetEverythingThatARecordCanBe() {
        assertThat(REPORTED).isIn(Set.of(), Set.of("unofficial-partial", "unofficial-complete"));
        assumeTrue(FOUND.size() > 1);
        assertThat(FOUND)
                .contains("ACCEPTED", "RETRIED")
                .contains("annulled on open", "annulled on ends", "annulled on wide", "annulled after the end")
                .containsAll(Arrays.stream(Reason.values())
                        .map(reason -> "REJECTED " + reason)
                        .toList())
                .containsAll(Arrays.stream(Cause.values())
                        .map(cause -> "no vote: " + cause)
                        .toList());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldFindWhatTheTopologyFinds(long seed) throws Exception {
        DrawnLog drawn = new DrawnLog(seed);
        DecidedLog log = new DecidedLog(
                drawn, schemas(seed), new Random(seed).nextInt(drawn.records().size()), dir);

        PartitionReplay replay = new PartitionReplay(0, DrawnLog.keys(), ballot -> Long.MAX_VALUE, Map.of());
        log.records(Topics.VOTES.name()).forEach(replay::take);
        Map<Long, String> here = new TreeMap<>();
        for (long offset = 0; offset < replay.nextOffset(); offset++) {
            byte found = replay.outcomes().at(offset);
            if (found != RecordOutcome.CONTROL) {
                here.put(offset, RecordOutcome.text(found));
            }
        }
        assertThat(here).isEqualTo(log.outcomes());
        FOUND.addAll(here.values());
        for (PartitionBallot ballot : replay.ballots()) {
            for (AnnulledVote vote : ballot.count().annulledVotes()) {
                FOUND.add("annulled on " + vote.ballotId());
                FOUND.add("annulled " + (vote.offset() < ballot.endOffset() ? "before" : "after") + " the end");
            }
        }

        // The results, up to the positions that they count, and the dead letters.
        Report report = new Replay(
                        log,
                        DrawnLog.keys(),
                        Set.of(),
                        1,
                        new Replay.Terms(CountedOffsets.GROUP, false, Duration.ofMinutes(5)),
                        new Progress(System.err, false))
                .run();
        List<Step> wrong = report.steps().stream()
                .filter(step -> step.outcome() == Outcome.FAIL)
                // The first publication is random, too; and this log has one partition of two.
                .filter(step -> !step.title().startsWith("Ballot "))
                .toList();
        assertThat(wrong).isEmpty();
        assertThat(report.steps())
                .filteredOn(step -> step.outcome() == Outcome.PASS)
                .extracting(Step::title)
                .contains(DecisionsCheck.TITLE, DeadLettersCheck.TITLE, ResultsHistory.TITLE);
    }

    /** The read side and the auditor make the same election report of what each has counted; only the reports' times are their own. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldReportTheSameResultsByNist(long seed) throws Exception {
        DrawnLog drawn = new DrawnLog(seed);
        int shownAt = new Random(seed).nextInt(drawn.records().size());
        DecidedLog log = new DecidedLog(drawn, schemas(seed), shownAt, dir.resolve("state"));
        PartitionReplay replay = new PartitionReplay(0, DrawnLog.keys(), ballot -> Long.MAX_VALUE, Map.of());
        log.records(Topics.VOTES.name()).subList(0, shownAt).forEach(replay::take);
        Map<String, BallotResults> shown = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : log.records(Topics.RESULTS.name())) {
            BallotResults results = Events.decode(record.value(), BallotResults.class);
            shown.put(results.getBallotId(), results);
        }
        Path out = dir.resolve("out");

        new Export(log.upTo(shownAt), DrawnLog.keys(), REPORTS, out, 1, 1_000, new Progress(System.err, false)).run();

        for (PartitionBallot ballot : replay.ballots()) {
            String id = ballot.ballot().id();
            if (ballot.published().getPartitionCount() > 1) {
                // This log has one partition of two, and no results of a ballot are published before each has told of
                // it.
                continue;
            }
            ObjectNode here = timeless(Files.readAllBytes(out.resolve(id + ".nist.json")));
            ObjectNode there = timeless(ReportShown.at(Instant.now(), ballot.definition(), shown.get(id)));
            assertThat(here).as("seed %d, ballot %s", seed, id).isEqualTo(there);
            REPORTED.add(here.path("Status").stringValue());
        }
    }

    private static ObjectNode timeless(byte[] report) {
        ObjectNode json = (ObjectNode) new JsonMapper().readTree(report);
        assertThat(json.remove("GeneratedDate")).isNotNull();
        return json;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("fewSeeds")
    void shouldBeRecountedTheSameInAnotherLanguage(long seed) throws Exception {
        assumeTrue(Python.isHere("recount"));
        DrawnLog drawn = new DrawnLog(seed);
        DecidedLog log = new DecidedLog(
                drawn, schemas(seed), new Random(seed).nextInt(drawn.records().size()), dir.resolve("state"));
        new DumpWriter(log, CountedOffsets.GROUP, dir.resolve("dump"), new Progress(System.err, false)).write();
        Path said = dir.resolve("said");
        Process process = new ProcessBuilder(
                        "python3", RECOUNT.toString(), dir.resolve("dump").toString(), DrawnLog.publicKey())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(Files.readAllLines(said))
                .as("seed %d", seed)
                .anyMatch(line -> line.matches("[a-z]+: \\d+ votes, of which \\d+ accepted"))
                // The first publication is random, too; and this log has one partition of two.
                .filteredOn(line -> !line.contains(": first published was "))
                .filteredOn(line -> !line.equals("DIFFERENCE: split: it stands in 1 partitions of 2"))
                .noneMatch(line -> line.startsWith("DIFFERENCE") || line.startsWith("could not"));
        assertThat(process.exitValue()).isIn(0, 1, 3);
    }
}
