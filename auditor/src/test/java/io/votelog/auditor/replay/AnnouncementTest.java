// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.auditor.CommandRun;
import io.votelog.auditor.TestLog;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.CountedOffsets;
import io.votelog.auditor.source.Dump;
import io.votelog.auditor.source.DumpWriter;
import io.votelog.infra.testing.Python;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What was announced, and what whoever has the log's key may make of it later. */
class AnnouncementTest {
    private static final BallotDefinition ANNOUNCED = TestLog.fruits();

    @TempDir
    private Path dir;

    private Path announcement;
    private int dumps;

    @BeforeEach
    void announce() throws IOException {
        announcement = dir.resolve("announcement.json");
        Files.writeString(announcement, announced(votedOn(ANNOUNCED), TestLog.publicKey()));
    }

    private static TestLog votedOn(BallotDefinition ballot) {
        return new TestLog()
                .publish(ballot)
                .vote(1, 1, "a1", "b1")
                .vote(2, 2, "a2", "b1")
                .vote(3, 3, "a3", "b2");
    }

    private Path dump(TestLog log) throws IOException {
        Path folder = dir.resolve("dump-" + ++dumps);
        new DumpWriter(log, CountedOffsets.GROUP, folder, new Progress(System.err, false)).write();
        return folder;
    }

    private String announced(TestLog log, String key, Object... more) throws IOException {
        Object[] words = Stream.concat(Stream.of("announce", "--dump", dump(log), "--public-key", key), Stream.of(more))
                .toArray();
        CommandRun run = CommandRun.of(words);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
        return run.out();
    }

    private CommandRun replay(TestLog log, Object... more) throws IOException {
        Object[] words = Stream.concat(Stream.of("replay", "--dump", dump(log)), Stream.of(more))
                .toArray();
        return CommandRun.of(words);
    }

    private static void assertDiffers(CommandRun run, String... what) {
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(1);
        assertThat(run.out())
                .containsPattern("FAIL +" + AnnouncementCheck.TITLE)
                .contains("MISMATCH in step")
                .contains(what);
    }

    /** The same definition in all but two titles, which are swapped. */
    private static BallotDefinition swapped() throws Exception {
        String json = ANNOUNCED.json();
        String swapped = json.replace("\"title\":\"a\"", "\"title\":\"?\"")
                .replace("\"title\":\"b\"", "\"title\":\"a\"")
                .replace("\"title\":\"?\"", "\"title\":\"b\"");
        assertThat(swapped).isNotEqualTo(json);
        return BallotDefinition.parse(swapped);
    }

    @Test
    void shouldBeOneTextForOneLog() throws IOException {
        assertThat(Files.readString(announcement))
                .isEqualToNormalizingNewlines(
                        """
                        {
                          "format" : "votelog-announcement/1",
                          "publicKeys" : [ "%s" ],
                          "ballots" : [ {
                            "ballotId" : "fruits",
                            "digest" : "%s",
                            "partitions" : 2
                          } ]
                        }
                        """
                                .formatted(TestLog.publicKey(), ANNOUNCED.digestHex()));
        BallotDefinition other = TestLog.fruits("apples", "live");
        String both = announced(new TestLog().publish(ANNOUNCED).publish(other), TestLog.publicKey());
        assertThat(announced(new TestLog().publish(other).publish(ANNOUNCED), TestLog.publicKey()))
                .isEqualTo(both);
        assertThat(announced(
                        new TestLog().publish(other).publish(ANNOUNCED), TestLog.publicKey(), "--ballot", "fruits"))
                .isEqualTo(Files.readString(announcement));
    }

    @Test
    void shouldPassTheLogThatWasAnnounced() throws IOException {
        // No results are published in this log, so that step is skipped; nothing fails.
        CommandRun run = replay(votedOn(ANNOUNCED), "--expect", announcement);
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(3);
        assertThat(run.out())
                .containsPattern("PASS +" + AnnouncementCheck.TITLE)
                .contains("1 ballot, 1 public key");
        TestLog more = votedOn(ANNOUNCED).publish(TestLog.fruits("apples", "live"));
        assertThat(replay(more, "--expect", announcement, "--public-key", TestLog.publicKey())
                        .out())
                .containsPattern("PASS +" + AnnouncementCheck.TITLE)
                .contains("not announced, and in the log: apples");
        assertThat(replay(votedOn(ANNOUNCED), "--public-key", TestLog.publicKey())
                        .out())
                .doesNotContain(AnnouncementCheck.TITLE);
    }

    /** All is consistent in itself, so that nothing else tells it. */
    @Test
    void shouldFindABallotThatWasSignedAnewWithTwoTitlesSwapped() throws Exception {
        TestLog forged = votedOn(swapped());
        assertThat(replay(forged, "--public-key", TestLog.publicKey()).out()).doesNotContain("FAIL");
        assertDiffers(
                replay(forged, "--expect", announcement),
                "fruits was announced with the definition %s, and %s stands in partition 0"
                        .formatted(ANNOUNCED.digestHex(), swapped().digestHex()));
    }

    @Test
    void shouldFindABallotThatIsNotThere() throws IOException {
        TestLog other = votedOn(TestLog.fruits("apples", "live"));
        assertDiffers(replay(other, "--expect", announcement), "fruits was announced", "stands in no partition");
    }

    @Test
    void shouldFindAPartitionThatIsNotThere() throws IOException {
        TestLog log = votedOn(ANNOUNCED);
        log.records(Topics.VOTES, 1).clear();
        assertDiffers(replay(log, "--expect", announcement), "announced for 2 partitions, and stands in 1");
    }

    @Test
    void shouldFindAnotherNumberOfPartitions() throws IOException {
        Files.writeString(
                announcement, Files.readString(announcement).replace("\"partitions\" : 2", "\"partitions\" : 4"));
        assertDiffers(
                replay(votedOn(ANNOUNCED), "--expect", announcement),
                "fruits was announced for 4 partitions, and is published for 2",
                "fruits was announced for 4 partitions, and stands in 2");
    }

    @Test
    void shouldFindAnotherKey() throws IOException {
        KeyPair pair = LogSigner.newKeyPair();
        String another = LogKeys.publicKeyText(pair.getPublic());
        String honest = Files.readString(announcement);
        Files.writeString(announcement, honest.replace(TestLog.publicKey(), another));
        // With the key that was announced nothing in this log is signed.
        assertDiffers(
                replay(votedOn(ANNOUNCED), "--expect", announcement),
                "stands in no partition; a publication of it is signed by another key, with the id ");
        assertDiffers(
                replay(votedOn(ANNOUNCED), "--expect", announcement, "--public-key", TestLog.publicKey()),
                "the public key %s was given for this log, and was not announced".formatted(TestLog.publicKey()),
                "the public key %s was announced, and was not given".formatted(another));
    }

    @Test
    void shouldFindALogThatEndsBeforeItsPosition() throws IOException {
        TestLog log = votedOn(ANNOUNCED);
        Files.writeString(announcement, announced(log, TestLog.publicKey(), "--positions"));
        assertThat(replay(log, "--expect", announcement).out())
                .containsPattern("PASS +" + AnnouncementCheck.TITLE)
                .contains(", positions");
        int partition = log.records(Topics.VOTES, 0).size() > 1 ? 0 : 1;
        int end = log.records(Topics.VOTES, partition).size();
        log.records(Topics.VOTES, partition).remove(end - 1);
        assertDiffers(
                replay(log, "--expect", announcement),
                "partition %d of votes had reached offset %d, and ends at %d".formatted(partition, end, end - 1));
    }

    /** What was announced must not be passed over. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "\"format\" :;\"pepper\" : 1, \"format\" :;pepper is unknown",
                "\"partitions\" :;\"schemas\" : [1], \"partitions\" :;ballots[0].schemas is unknown",
                "announcement/1;announcement/2;announcement/2",
                "\"digest\" :;\"name\" :;ballots[0].name is unknown",
                "\"partitions\" : 2;\"partitions\" : 0;ballots[0].partitions is 0",
                "\"partitions\" : 2;\"partitions\" : \"x\";ballots[0].partitions",
                "[ {;{;ballots",
                "fruits;;",
                "\"publicKeys\" : [;\"publicKeys\" : [ \"no key\",;'no key' is no public key",
                "};} };is no JSON"
            })
    void shouldRefuseWhatIsNoAnnouncement(String part, String other, String said) throws IOException {
        String text = Files.readString(announcement);
        int at = text.lastIndexOf(part);
        String changed = text.substring(0, at) + (other == null ? "" : other) + text.substring(at + part.length());
        Files.writeString(announcement, changed);
        CommandRun run = replay(votedOn(ANNOUNCED), "--expect", announcement);
        if (said == null) {
            // An id that no ballot has is not there.
            assertThat(run.exitCode()).isEqualTo(1);
            return;
        }
        assertThat(run.exitCode()).as(run.out()).isEqualTo(2);
        assertThat(run.err()).contains(announcement.toString(), said).doesNotContain("Exception", "io.votelog");
        assertThat(run.err().lines()).hasSize(1);
    }

    @Test
    void shouldAnnounceNothingThatIsNotThere() throws IOException {
        Path dump = dump(votedOn(ANNOUNCED));
        CommandRun run =
                CommandRun.of("announce", "--dump", dump, "--public-key", TestLog.publicKey(), "--ballot", "apples");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("no ballot apples").contains("[fruits]");
    }

    /** From the file that was announced, however it is written. */
    @Test
    void shouldHaveTheDigestOfTheBallotFile() throws IOException {
        Path json = Files.writeString(dir.resolve("-my ballot.json"), ANNOUNCED.json());
        Path spaced = Files.writeString(
                dir.resolve("spaced.json"), Texts.JSON.writeValueAsString(Texts.JSON.readTree(ANNOUNCED.json())));
        CommandRun run = CommandRun.of("digest", json, spaced);
        assertThat(run.out())
                .isEqualToNormalizingNewlines("%1$s  fruits%n%1$s  fruits%n".formatted(ANNOUNCED.digestHex()));
        CommandRun asJson = CommandRun.of("digest", "--json", json);
        assertThat(Texts.JSON.readTree(asJson.out()).path(0).path("digest").stringValue())
                .isEqualTo(ANNOUNCED.digestHex());
        assertThat(CommandRun.of("digest", "--definition", spaced).out()).isEqualTo(ANNOUNCED.json());
        Path faulty =
                Files.writeString(dir.resolve("faulty.json"), ANNOUNCED.json().replace("\"fruits\"", "\"F\""));
        CommandRun refused = CommandRun.of("digest", faulty);
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("is no ballot").contains("ballotId");
        assertThat(refused.err().lines()).hasSize(1);
    }

    /** A file whose times are finer than the log's is the ballot that its gateway published, and so is one of an earlier day. */
    @Test
    void shouldHaveTheDigestThatTheGatewayPublishes() throws Exception {
        String json = ANNOUNCED.json();
        String closes = TestLog.CLOSES.toString();
        String finer = TestLog.CLOSES.minusNanos(1).toString();
        Path fine = Files.writeString(dir.resolve("fine.json"), json.replace(closes, finer));
        CommandRun run = CommandRun.of("digest", fine);
        assertThat(run.out()).isEqualToNormalizingNewlines("%s  fruits%n".formatted(ANNOUNCED.digestHex()));
        assertThat(run.err()).contains("fine.json: window.closesAt is \"" + finer + "\"; it was taken for " + closes);

        String alike = json.replace("\"title\":\"b\"", "\"title\":\"a\"");
        BallotDefinition old = BallotDefinition.parse(alike);
        Path file = Files.writeString(dir.resolve("old.json"), alike);
        assertThat(CommandRun.of("digest", file).out())
                .isEqualToNormalizingNewlines("%s  fruits%n".formatted(old.digestHex()));
        String announced = announced(votedOn(old), TestLog.publicKey());
        assertThat(announced).contains(old.digestHex());
        Path expected = Files.writeString(dir.resolve("old-announcement.json"), announced);
        assertThat(replay(votedOn(old), "--expect", expected).out())
                .containsPattern("PASS +" + AnnouncementCheck.TITLE);
    }

    /** The recount in Python is of the same mind. */
    @Test
    void shouldBeHeldToByTheRecount() throws Exception {
        assertThat(recount(votedOn(ANNOUNCED))).startsWith("3 ").doesNotContain("DIFFERENCE");
        assertThat(recount(votedOn(swapped())))
                .startsWith("1 ")
                .contains(ANNOUNCED.digestHex(), swapped().digestHex());
        assertThat(recount(votedOn(TestLog.fruits("apples", "live"))))
                .startsWith("1 ")
                .contains("fruits");
        String honest = Files.readString(announcement);
        Files.writeString(announcement, honest.replace("\"partitions\" : 2", "\"partitions\" : 4"));
        assertThat(recount(votedOn(ANNOUNCED))).startsWith("1 ").contains("4 partitions");
        String another = LogKeys.publicKeyText(LogSigner.newKeyPair().getPublic());
        Files.writeString(announcement, honest.replace(TestLog.publicKey(), another));
        assertThat(recount(votedOn(ANNOUNCED))).startsWith("1 ").contains("fruits");
        assertThat(recount(votedOn(ANNOUNCED), TestLog.publicKey()))
                .startsWith("1 ")
                .contains("key");
        Files.writeString(announcement, honest.replace("\"format\"", "\"pepper\" : 1, \"format\""));
        assertThat(recount(votedOn(ANNOUNCED))).startsWith("2 ").contains("pepper");
        Files.writeString(announcement, announced(votedOn(ANNOUNCED), TestLog.publicKey(), "--positions"));
        assertThat(recount(votedOn(ANNOUNCED))).startsWith("3 ").doesNotContain("DIFFERENCE");
        TestLog cut = votedOn(ANNOUNCED);
        int partition = cut.records(Topics.VOTES, 0).size() > 1 ? 0 : 1;
        cut.records(Topics.VOTES, partition)
                .remove(cut.records(Topics.VOTES, partition).size() - 1);
        assertThat(recount(cut)).startsWith("1 ").contains("partition %d".formatted(partition));
    }

    /** Python's own exit code for a fault is the one of a difference. */
    @Test
    void shouldNotBeAccusedByAFaultOfTheRecount() throws Exception {
        for (String text : List.of("[]", "7", "{\"format\":\"votelog-announcement/1\",\"ballots\":7}", "\u0000", "")) {
            Files.writeString(announcement, text);
            assertThat(recount(votedOn(ANNOUNCED))).as(text).startsWith("2 could not be counted: ");
        }
        for (String file : List.of("/dev/zero", "../" + announcement.getFileName(), "none")) {
            Path dump = dump(votedOn(ANNOUNCED));
            Path manifest = dump.resolve(Dump.MANIFEST);
            Files.writeString(manifest, Files.readString(manifest).replace(Topics.VOTES.name() + "-0.records", file));
            assertThat(recounted("recount.py", dump.toString(), TestLog.publicKey()))
                    .as(file)
                    .startsWith("2 could not be counted: ");
        }
        Path dump = dump(votedOn(ANNOUNCED));
        for (String key : List.of("no key", "AAAA", "+", TestLog.publicKey().substring(4))) {
            assertThat(recounted("recount.py", dump.toString(), key)).as(key).startsWith("2 could not be counted: ");
        }
    }

    /** Its exit code, and what it said. */
    private String recount(TestLog log, String... keys) throws Exception {
        // Without results and verdicts there is nothing else to compare.
        List<String> arguments = new ArrayList<>(List.of(
                "recount.py", "--expect", announcement.toString(), dump(log).toString()));
        arguments.addAll(List.of(keys));
        return recounted(arguments.toArray(String[]::new));
    }

    private static String recounted(String... arguments) throws Exception {
        assumeTrue(Python.isHere("recount"));
        List<String> command = new ArrayList<>(List.of("python3"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return String.format(Locale.ROOT, "%d %s", process.waitFor(), said);
    }
}
