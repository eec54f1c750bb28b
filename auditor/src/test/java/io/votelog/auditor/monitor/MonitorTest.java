// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.CheckpointFile;
import io.votelog.auditor.seal.Leaf;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealingKey;
import io.votelog.auditor.seal.TestSealedLog;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.Cosigner;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.Proofs;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.events.VoteCast;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Each way in which a log is tampered with or falls behind raises an alarm of its own kind, once; an honest one raises none. */
class MonitorTest {
    @TempDir
    private Path dir;

    private final Map<String, byte[]> views = new ConcurrentHashMap<>();
    private final Cosigner cosigner = new Cosigner("witness.example/w1");
    private HttpServer witness;
    private Followed followed;

    @BeforeEach
    void begin() {
        followed = new Followed(dir);
        followed.grow(700);
    }

    @AfterEach
    void stop() {
        if (witness != null) {
            witness.stop(0);
        }
    }

    private void rounds(int... exitCodes) throws InterruptedException {
        for (int exitCode : exitCodes) {
            assertThat(followed.round()).as(followed.told().toString()).isEqualTo(exitCode);
        }
    }

    private void changeAVote() throws Exception {
        followed.log.change(0, 9, vote -> VoteCast.newBuilder(vote)
                .setChoices(List.of("a3", "b1"))
                .build());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSayNothingOfAnHonestLog(boolean restarts) throws Exception {
        followed.restarts = restarts;
        followed.itself = () -> followed.log;
        followed.mostUnsealed = 100L;
        followed.maxAge = Duration.ofHours(1);
        followed.replayEvery = 3;
        for (int round = 0; round < 8; round++) {
            rounds(Report.PASSED);
            followed.grow(round * 40);
        }
        assertThat(followed.told()).isEmpty();
        assertThat(followed.events().stream()
                        .filter(event -> event.path("event").asString().equals("seen")))
                .hasSizeGreaterThan(5);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldProveThatHistoryWasChanged(boolean restarts) throws Exception {
        followed.restarts = restarts;
        rounds(Report.PASSED);
        changeAVote();
        followed.cast(30).sealAnew();
        rounds(Report.MISMATCH, Report.MISMATCH, Report.MISMATCH);
        assertThat(followed.told()).containsExactly("alarm fork votes", "alarm fork verdicts");
        assertEvidence(followed.raised(AlarmKind.FORK).get(0));
    }

    /** Both checkpoints are signed by the log, and the hashes beside them show that the one is no beginning of the other. */
    private static void assertEvidence(JsonNode alarm) throws IOException {
        Path folder = Path.of(alarm.path("evidence").asString());
        SignedNote smaller = SignedNote.parse(Files.readAllBytes(folder.resolve("smaller.checkpoint")));
        SignedNote larger = SignedNote.parse(Files.readAllBytes(folder.resolve("larger.checkpoint")));
        SealedLog tree = SealedLog.of(Checkpoint.parse(smaller.text()).origin()).orElseThrow();
        assertThat(smaller.signedBy(TestSealedLog.KEY.of(tree).verifier())).isTrue();
        assertThat(larger.signedBy(TestSealedLog.KEY.of(tree).verifier())).isTrue();
        Checkpoint small = Checkpoint.parse(smaller.text());
        Checkpoint large = Checkpoint.parse(larger.text());
        assertThat(small.size()).isLessThanOrEqualTo(large.size());
        if (small.size() == large.size()) {
            assertThat(small.root()).isNotEqualTo(large.root());
            return;
        }
        JsonNode proof = Texts.JSON.readTree(Files.readString(folder.resolve("proof.json")));
        if (proof.has("edgeOfTheLarger")) {
            return;
        }
        byte[] beginning = Base64.getDecoder()
                .decode(proof.path("rootOfTheBeginningOfTheLarger").asString());
        List<byte[]> hashes = StreamSupport.stream(proof.path("consistency").spliterator(), false)
                .map(hash -> Base64.getDecoder().decode(hash.asString()))
                .toList();
        assertThat(beginning).isNotEqualTo(small.root());
        assertThat(Proofs.consistent(small.size(), beginning, large.size(), large.root(), hashes))
                .isTrue();
    }

    @Test
    void shouldProveTwoRootsOfOneSize() throws Exception {
        rounds(Report.PASSED);
        changeAVote();
        followed.sealAnew();
        rounds(Report.MISMATCH, Report.MISMATCH);
        assertThat(followed.told()).containsExactly("alarm fork votes");
        assertEvidence(followed.raised(AlarmKind.FORK).get(0));
    }

    /** A proof does not pass because the log shows the right tree again. */
    @Test
    void shouldNotForgetAProof() throws Exception {
        rounds(Report.PASSED);
        Path right = copy("right");
        changeAVote();
        followed.cast(30).sealAnew();
        rounds(Report.MISMATCH);
        restore(right);
        rounds(Report.MISMATCH, Report.MISMATCH);
        assertThat(followed.told()).containsExactly("alarm fork votes", "alarm fork verdicts");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldProveThatTheTreeWasCut(boolean restarts) throws Exception {
        followed.restarts = restarts;
        rounds(Report.PASSED);
        List<?> records = followed.log.records(Topics.VOTES, 0);
        records.remove(records.size() - 1);
        // The tiles of the larger tree are gone with it.
        delete(followed.folder);
        followed.sealAnew();
        rounds(Report.MISMATCH, Report.MISMATCH);
        assertThat(followed.told()).containsExactly("alarm shrunken votes", "alarm shrunken verdicts");
        for (JsonNode alarm : followed.raised(AlarmKind.SHRUNKEN)) {
            assertThat(alarm.path("detail").asString())
                    .contains("had 703 leaves when it was seen, and is shown with 702");
            assertThat(alarm.path("proven").asBoolean()).isTrue();
            assertEvidence(alarm);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTakeAnOlderTreeForWhatItIs(boolean tilesOfTheNewerOneToo) throws Exception {
        Path older = copy("older");
        followed.grow(90);
        rounds(Report.PASSED);
        Path newer = copy("newer");
        if (!tilesOfTheNewerOneToo) {
            delete(followed.folder);
        }
        restore(older);
        rounds(Report.INCOMPLETE, Report.INCOMPLETE);
        assertThat(followed.told()).containsExactly("alarm stale votes", "alarm stale verdicts");
        assertThat(followed.raised(AlarmKind.STALE).get(0).path("detail").asString())
                .contains(tilesOfTheNewerOneToo ? "these are its first ones" : "can't be told");
        restore(newer);
        rounds(Report.PASSED);
        assertThat(followed.told())
                .endsWith("over stale votes", "over stale verdicts")
                .hasSize(4);
    }

    @Test
    void shouldNameATileThatWasChangedAndAccuseNobody() throws Exception {
        rounds(Report.PASSED);
        followed.grow(600);
        Path tile = followed.folder.resolve("votes/tile/0/003");
        byte[] bytes = Files.readAllBytes(tile);
        bytes[77] ^= 4;
        Files.write(tile, bytes);
        rounds(Report.INCOMPLETE, Report.INCOMPLETE);
        assertThat(followed.told()).containsExactly("alarm damaged votes");
        assertThat(followed.raised(AlarmKind.DAMAGED).get(0).path("detail").asString())
                .contains("tile/0/003");
        bytes[77] ^= 4;
        Files.write(tile, bytes);
        rounds(Report.PASSED);
        assertThat(followed.told()).endsWith("over damaged votes");
        // What is read of leaves is held to their hashes too.
        followed.grow(10);
        Path entries = followed.folder.resolve("verdicts/tile/entries/005.p/35");
        byte[] right = Files.readAllBytes(entries);
        byte[] wrong = right.clone();
        wrong[wrong.length - 1] ^= 1;
        Files.write(entries, wrong);
        rounds(Report.INCOMPLETE);
        Files.write(entries, right);
        rounds(Report.PASSED);
    }

    @Test
    void shouldFindAFalseVerdictByAReplayAlone() throws Exception {
        followed.itself = () -> followed.log;
        rounds(Report.PASSED);
        followed.sealed.lie = (offset, leaf) -> leaf instanceof Leaf.Verdict verdict && offset == 360
                ? new Leaf.Verdict(verdict.partition(), offset, "REJECTED", "ALREADY_VOTED")
                : leaf;
        followed.grow(60);
        rounds(Report.PASSED);
        followed.replayEvery = 2;
        followed.restarts = true;
        rounds(Report.PASSED, Report.MISMATCH, Report.MISMATCH, Report.MISMATCH);
        assertThat(followed.told()).containsExactly("alarm verdict");
        assertThat(followed.raised(AlarmKind.VERDICT).get(0).path("detail").asString())
                .contains("offset 360: sealed REJECTED ALREADY_VOTED, found here ACCEPTED");
    }

    @Test
    void shouldFindAVoteThatWasChangedAfterItWasSealed() throws Exception {
        followed.itself = () -> followed.log;
        rounds(Report.PASSED);
        followed.grow(60);
        followed.log.change(1, 360, vote -> VoteCast.newBuilder(vote)
                .setChoices(List.of("a3", "b1"))
                .build());
        rounds(Report.MISMATCH, Report.MISMATCH);
        assertThat(followed.told()).containsExactly("alarm record");
        assertThat(followed.raised(AlarmKind.RECORD).get(0).path("detail").asString())
                .isEqualTo("votes partition 1: offset 360 holds another record than the one that is sealed");
    }

    /** What was compared is not compared again, but by a replay. */
    @Test
    void shouldFindAnOldVoteThatWasChangedByAReplay() throws Exception {
        followed.itself = () -> followed.log;
        rounds(Report.PASSED);
        changeAVote();
        rounds(Report.PASSED);
        followed.replayEvery = 3;
        followed.restarts = true;
        rounds(Report.MISMATCH);
        assertThat(followed.told()).containsExactly("alarm record");
    }

    @Test
    void shouldProveThatLeavesAreNotInOrder() throws Exception {
        rounds(Report.PASSED);
        followed.cast(20);
        followed.sealed.seal();
        List<Leaf> votes = followed.sealed.votes();
        Collections.swap(votes, votes.size() - 1, votes.size() - 2);
        followed.sealed.sign(TestSealedLog.KEY);
        rounds(Report.MISMATCH, Report.MISMATCH);
        assertThat(followed.told()).containsExactly("alarm order");
        assertThat(Path.of(
                        followed.raised(AlarmKind.ORDER).get(0).path("evidence").asString()))
                .isDirectoryContaining(file -> file.endsWith("votes.checkpoint"));
    }

    @Test
    void shouldProveThatAResultNamesTreesThatNeverWere() throws Exception {
        rounds(Report.PASSED);
        followed.sealed
                .result(
                        """
                        {"ballotId":"fruits","definition":"00","revision":0,"votes":[1],
                         "trees":{"votes":{"size":703,"root":"AAAA"},"verdicts":{"size":703,"root":"AAAA"}}}""")
                .sign(TestSealedLog.KEY);
        rounds(Report.MISMATCH, Report.MISMATCH);
        assertThat(followed.told()).containsExactly("alarm result");
    }

    @Test
    void shouldSayThatNothingIsSealedAnyMore() throws Exception {
        followed.maxAge = Duration.ofMinutes(10);
        rounds(Report.PASSED, Report.PASSED);
        followed.now = followed.now.plus(Duration.ofMinutes(20));
        rounds(Report.INCOMPLETE, Report.INCOMPLETE);
        assertThat(followed.told()).containsExactly("alarm late");
        followed.grow(3);
        rounds(Report.PASSED);
        assertThat(followed.told()).containsExactly("alarm late", "over late");
    }

    /** A log in which nothing happens is not late; that nothing happens is seen in the log itself. */
    @Test
    void shouldNotCallALogLateThatIsSealedToItsEnd() throws Exception {
        followed.maxAge = Duration.ofMinutes(10);
        followed.oldestUnsealed = Duration.ofMinutes(10);
        followed.itself = () -> followed.log;
        rounds(Report.PASSED);
        followed.now = followed.now.plus(Duration.ofDays(20));
        rounds(Report.PASSED);
        followed.cast(1);
        rounds(Report.INCOMPLETE);
        assertThat(followed.told()).containsExactlyInAnyOrder("alarm late", "alarm unsealed");
        followed.sealed.seal().sign(TestSealedLog.KEY);
        rounds(Report.PASSED);
    }

    @Test
    void shouldCountWhatIsNotSealed() throws Exception {
        followed.itself = () -> followed.log;
        followed.mostUnsealed = 10L;
        followed.cast(10);
        rounds(Report.PASSED);
        followed.cast(1);
        rounds(Report.INCOMPLETE, Report.INCOMPLETE);
        assertThat(followed.raised(AlarmKind.UNSEALED).get(0).path("detail").asString())
                .contains("11 records of the log are not sealed")
                .contains("at most 10 may be");
        followed.sealed.seal().sign(TestSealedLog.KEY);
        rounds(Report.PASSED);
        assertThat(followed.told()).containsExactly("alarm unsealed", "over unsealed");
    }

    @Test
    void shouldSayWhatItCannotRead() throws Exception {
        followed.itself = () -> {
            throw new AuditException("the brokers are away");
        };
        rounds(Report.INCOMPLETE);
        followed.itself = () -> followed.log;
        followed.restarts = true;
        rounds(Report.PASSED);
        Path there = copy("there");
        delete(followed.folder);
        rounds(Report.NOT_RUN, Report.NOT_RUN);
        restore(there);
        rounds(Report.PASSED);
        assertThat(followed.told())
                .containsExactly("alarm log-unreadable", "over log-unreadable", "alarm unreadable", "over unreadable");
    }

    @Test
    void shouldBelieveNoOtherKey() throws Exception {
        rounds(Report.PASSED);
        Path right = copy("right");
        delete(followed.folder);
        new TestSealedLog(followed.folder, followed.log).seal().sign(SealingKey.generate("example.org/votelog"));
        rounds(Report.INCOMPLETE, Report.INCOMPLETE);
        assertThat(followed.told()).containsExactly("alarm unsigned verdicts", "alarm unsigned votes");
        Files.writeString(followed.folder.resolve("votes/checkpoint"), "<html>sign in to the network</html>");
        rounds(Report.INCOMPLETE);
        restore(right);
        rounds(Report.PASSED);
    }

    private void witnessed() throws IOException {
        witness = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        witness.createContext("/", exchange -> {
            byte[] view = views.get(exchange.getRequestURI().getPath());
            exchange.sendResponseHeaders(view == null ? 404 : 200, view == null ? -1 : view.length);
            if (view != null) {
                exchange.getResponseBody().write(view);
            }
            exchange.close();
        });
        witness.start();
        followed.policy = Policy.parse("witness w1 %s http://127.0.0.1:%d/w1\nquorum w1\n"
                .formatted(cosigner.vkey(), witness.getAddress().getPort())
                .getBytes(StandardCharsets.UTF_8));
    }

    /** The witness cosigns what is in a folder; it is shown there, or by the witness alone. */
    private void cosign(Path folder, Instant at, boolean shown) {
        for (SealedLog tree : SealedLog.values()) {
            CheckpointFile file = new CheckpointFile(tree.folder(folder));
            SignedNote note = file.shown();
            SignedNote cosigned = note.with(cosigner.cosign(note.text(), at.getEpochSecond()));
            if (shown) {
                file.show(cosigned);
            }
            String origin = TestSealedLog.KEY.of(tree).verifier().name();
            views.put("/w1/" + WitnessViews.path(origin), cosigned.bytes());
        }
    }

    @Test
    void shouldAskWitnessesWhatTheyWereShown() throws Exception {
        witnessed();
        cosign(followed.folder, followed.now, true);
        rounds(Report.PASSED);
        followed.grow(20);
        rounds(Report.INCOMPLETE);
        assertThat(followed.told()).containsExactly("alarm unwitnessed votes", "alarm unwitnessed verdicts");
        cosign(followed.folder, followed.now, true);
        rounds(Report.PASSED);
        views.clear();
        rounds(Report.PASSED, Report.PASSED);
        assertThat(followed.events().stream()
                        .filter(event -> event.path("event").asString().equals("note"))
                        .map(event -> event.path("detail").asString()))
                .hasSize(2)
                .allMatch(note -> note.startsWith("nothing is learnt from witness w1, "));
    }

    /** The path is that of C2SP tlog-witness: SHA-256 of the origin, in lowercase hexadecimal digits. */
    @Test
    void shouldAskAtTheAddressOfTheSpecification() {
        assertThat(WitnessViews.path("example.com/behind-the-sofa"))
                .isEqualTo("5fd2dc0beb4ce54da5050cf6d5c75248b023abad441c3cecde3976fbe9da4fe4/checkpoint");
        assertThat(WitnessViews.path(""))
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855/checkpoint");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldProveAHistoryThatIsForThisReaderAlone(boolean restarts) throws Exception {
        witnessed();
        followed.restarts = restarts;
        followed.policy = Policy.parse(
                "witness w1 %s\nquorum none\n".formatted(cosigner.vkey()).getBytes(StandardCharsets.UTF_8));
        followed.monitoring = Map.of(
                "w1",
                URI.create(
                        "http://127.0.0.1:%d/w1/".formatted(witness.getAddress().getPort())));
        // The witness has the right history, of more leaves than this reader is shown of another one.
        Path right = dir.resolve("right");
        followed.cast(30);
        new TestSealedLog(right, followed.log).seal().sign(TestSealedLog.KEY);
        cosign(right, followed.now, false);
        rounds(Report.PASSED, Report.PASSED, Report.INCOMPLETE);
        assertThat(followed.told()).containsExactly("alarm stale votes", "alarm stale verdicts");
        // The history of this reader grows as well, and by then contradicts what the witness was shown.
        followed.grow(20);
        rounds(Report.MISMATCH, Report.MISMATCH);
        assertThat(followed.told())
                .contains("alarm equivocation w1, votes", "alarm equivocation w1, verdicts", "over stale votes")
                .doesNotHaveDuplicates();
        for (JsonNode alarm : followed.raised(AlarmKind.EQUIVOCATION)) {
            assertEvidence(alarm);
        }
    }

    @Test
    void shouldSayHowOldTheNewestCosignatureIs() throws Exception {
        witnessed();
        followed.maxAge = Duration.ofMinutes(30);
        cosign(followed.folder, followed.now.minus(Duration.ofMinutes(20)), true);
        rounds(Report.PASSED);
        followed.now = followed.now.plus(Duration.ofMinutes(10));
        rounds(Report.INCOMPLETE);
        assertThat(followed.told()).containsExactly("alarm late");
        assertThat(followed.raised(AlarmKind.LATE).get(0).path("detail").asString())
                .startsWith("no witness has cosigned anything newer since 2021-12-05T02:40:00Z");
        cosign(followed.folder, followed.now, true);
        rounds(Report.PASSED);
    }

    @Test
    void shouldRemindOfWhatStands() throws Exception {
        followed.remind = Duration.ofHours(2);
        rounds(Report.PASSED);
        changeAVote();
        followed.sealAnew();
        rounds(Report.MISMATCH, Report.MISMATCH);
        followed.now = followed.now.plus(Duration.ofHours(2));
        followed.restarts = true;
        rounds(Report.MISMATCH, Report.MISMATCH);
        assertThat(followed.told()).containsExactly("alarm fork votes", "reminder fork votes");
    }

    @Test
    void shouldRefuseAStateThatIsNone() throws Exception {
        rounds(Report.PASSED);
        followed.restarts = true;
        Path own = dir.resolve("seen.json.monitor");
        String kept = Files.readString(own);
        for (String wrong :
                List.of("{", "{\"format\":\"other\"}", kept.replaceFirst("\"size\" : [0-9]+", "\"size\" : 5"))) {
            Files.writeString(own, wrong);
            assertThatThrownBy(() -> followed.round())
                    .isInstanceOf(AuditException.class)
                    .hasMessageContaining("seen.json.monitor is not what a monitor kept")
                    .hasMessageContaining("Move it away");
        }
        Files.delete(own);
        rounds(Report.PASSED);
    }

    @Test
    void shouldKeepLittleHoweverLargeTheLogIs() throws Exception {
        rounds(Report.PASSED);
        for (int round = 0; round < 60; round++) {
            followed.grow(97);
            rounds(Report.PASSED);
            assertThat(Files.size(followed.state)).isLessThan(4_000);
            // Of each tree at most 255 hashes for each level of tiles.
            assertThat(Files.size(dir.resolve("seen.json.monitor"))).isLessThan(2 * 2 * 255 * 44 + 4_000);
        }
        String kept = Files.readString(followed.state) + Files.readString(dir.resolve("seen.json.monitor"));
        for (Leaf leaf : followed.sealed.votes()) {
            assertThat(kept).doesNotContain(Base64.getEncoder().encodeToString(leaf.entry()));
        }
    }

    private Path copy(String name) throws IOException {
        Path to = dir.resolve(name);
        copy(followed.folder, to);
        return to;
    }

    private void restore(Path from) throws IOException {
        copy(from, followed.folder);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.write(target, Files.readAllBytes(file));
                }
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Collections.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
