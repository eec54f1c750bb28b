// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.events.Salt;
import io.votelog.events.VoteCast;
import io.votelog.infra.local.AuditorProgram.Said;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.schemas.Events;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topics;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A whole system's log, sealed by real sealers that are killed, and what is then done to it. */
@WholeSystem
class SealIT {
    private static final String BALLOT = "gz-customs-2021";
    /** More than the 65,536 leaves of a full tile of tiles. */
    private static final int VOTES = 70_000;

    /** Where Debian's golang-golang-x-mod-dev is. */
    private static final Path GOPATH = Path.of("/usr/share/gocode");

    private static final long SEED = Long.getLong("votelog.seed", System.nanoTime());

    @TempDir
    static Path dir;

    private static AuditorProgram auditor;
    private static Running up;
    private static String publicKey;
    private static Path key;
    private static String logKey;
    private static List<String> treeKeys;
    private static Path sealed;
    private static JsonNode vote;
    private static Path dump;

    /** Receipts that a command line may take for something else: one in 64 is drawn with a dash in front. */
    private static List<Receipt> ugly;

    /** Votes come in, one sealer after the other is killed, the ballot is closed, and what is there by then is sealed. */
    @BeforeAll
    static void sealTheLogOfAWholeSystem() throws Exception {
        auditor = new AuditorProgram(dir);
        up = Running.start(dir, "--unsealed");
        up.awaitReady();
        publicKey =
                Files.readString(dir.resolve(".votelog/secrets/log-public-key")).strip();
        key = dir.resolve("sealing-key");
        Said made = auditor.run("keygen", "--origin", "example.org/votelog", "--out", key.toString());
        assertThat(made.exitCode()).as(made.text()).isZero();
        logKey = made.text()
                .lines()
                .filter(line -> line.startsWith("example.org/votelog/"))
                .collect(Collectors.joining(" "));
        treeKeys = made.text().lines().toList();
        sealed = dir.resolve("sealed");
        vote = up.vote("sealed-voter", "01", "25");
        System.out.printf("seed %d, -Dvotelog.seed=%d%n", SEED, SEED);
        Random random = new Random(SEED);
        AuditorProgram.Running sealer = seal(sealed);
        ugly = Stream.of("-A", "-h", "--", "_-")
                .map(beginning -> receipt(beginning, random))
                .toList();
        long cast = 1 + ugly.size();
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (Receipt receipt : ugly) {
                VoteCast of = new VoteCast(receipt.voteId(), BALLOT, List.of("01", "25"), new Salt(new byte[32]));
                producer.send(new ProducerRecord<>(
                        Topics.VOTES.name(), receipt.voter().bytes(), Events.encode(of)));
            }
            for (int part = 0; part < 4; part++) {
                for (int n = 0; n < VOTES / 4; n++) {
                    ProducerRecord<byte[], byte[]> record = record(random);
                    producer.send(record);
                    cast += record.partition() == null ? 1 : 0;
                }
                producer.flush();
                assertThat(sealer.process().waitFor(random.nextInt(1_500), TimeUnit.MILLISECONDS))
                        .as(sealer.said())
                        .isFalse();
                sealer.process().destroyForcibly().waitFor();
                sealer = seal(sealed);
            }
        }
        up.awaitTurnoutReceived(cast);
        up.close();
        await().atMost(Duration.ofMinutes(3)).until(() -> up.status().equals("final"));
        sealer.process().destroyForcibly().waitFor();
        Said once = auditor.run(sealing(sealed, "--once", "--json"));
        assertThat(once.exitCode()).as(once.text()).isZero();
        assertThat(once.text()).contains("{\"event\":\"begun\"", "{\"event\":\"sealed\",\"votes\":{\"leaves\":");
        dump = dir.resolve("dump");
        assertThat(auditor.run("dump", "--bootstrap-servers", up.kafka(), dump.toString())
                        .exitCode())
                .isZero();
    }

    @AfterAll
    static void stop() {
        if (up != null) {
            up.kill();
        }
    }

    private static ProducerRecord<byte[], byte[]> record(Random random) {
        byte[] voter = new byte[16];
        random.nextBytes(voter);
        byte[] salt = new byte[32];
        random.nextBytes(salt);
        if (random.nextInt(10_000) == 0) {
            // No vote: these bytes are no event.
            return new ProducerRecord<>(Topics.VOTES.name(), random.nextInt(4), voter, salt);
        }
        List<String> choices =
                List.of("%02d".formatted(1 + random.nextInt(20)), "%02d".formatted(21 + random.nextInt(23)));
        VoteCast cast = new VoteCast(new UUID(random.nextLong(), random.nextLong()), BALLOT, choices, new Salt(salt));
        return new ProducerRecord<>(Topics.VOTES.name(), voter, Events.encode(cast));
    }

    /** A receipt that begins so, and is otherwise drawn. */
    private static Receipt receipt(String beginning, Random random) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        String drawn = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return Receipt.parse(beginning + drawn.substring(beginning.length())).orElseThrow();
    }

    private static void castOneMore() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            producer.send(record(new Random(SEED + 1))).get();
        }
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", up.kafka(), "linger.ms", "5"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static String[] sealing(Path folder, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "seal",
                "--bootstrap-servers",
                up.kafka(),
                "--log",
                folder.toString(),
                "--key",
                key.toString(),
                "--every",
                "0.2"));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private static AuditorProgram.Running seal(Path folder) throws IOException {
        return auditor.start(sealing(folder));
    }

    private static Said verify(Path log, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("verify", "--log", log.toString(), "--log-key", logKey));
        arguments.addAll(List.of(more));
        return auditor.run(arguments.toArray(String[]::new));
    }

    private static Said verifyAll(Path log, Path dump, Path state) throws Exception {
        return verify(log, "--dump", dump.toString(), "--public-key", publicKey, "--state", state.toString());
    }

    @Test
    void shouldStandUpToEveryStep() throws Exception {
        Path state = dir.resolve("state-honest");
        Said first = verifyAll(sealed, dump, state);
        assertThat(first.text())
                .contains("The sealed result of %s is the count made here".formatted(BALLOT))
                .containsPattern("SKIPPED +What was seen before still stands")
                .doesNotContain("FAIL")
                .doesNotContainIgnoringCase("verified");
        assertThat(first.exitCode()).isEqualTo(3);

        Said second = verifyAll(sealed, dump, state);
        assertThat(second.text()).contains("Passed: all").doesNotContain("FAIL", "SKIPPED");
        assertThat(second.exitCode()).isZero();
    }

    @Test
    void shouldListWhatTakesTheLogItself() throws Exception {
        Said said = verify(sealed);
        assertThat(said.text()).contains("NOT ASKED Each leaf is of the record").doesNotContainIgnoringCase("verified");
        assertThat(said.exitCode()).isZero();
    }

    /** Who begins with nothing makes the same bytes from the log, and the one that was there ends. */
    @Test
    void shouldHaveOneSealerAndTheSameBytesWhoeverSeals() throws Exception {
        Path one = copy(sealed, "one");
        AuditorProgram.Running first = seal(one);
        await().atMost(Duration.ofMinutes(2)).until(() -> first.said().contains("Sealing "));
        Path other = dir.resolve("other");
        AuditorProgram.Running second = seal(other);
        await().atMost(Duration.ofMinutes(2)).until(() -> second.said().contains("Sealing "));
        castOneMore();

        assertThat(first.process().waitFor(60, TimeUnit.SECONDS))
                .as(first.said())
                .isTrue();
        assertThat(first.said()).contains("another sealer has taken over");
        assertThat(first.process().exitValue()).isEqualTo(2);
        second.process().destroyForcibly().waitFor();

        for (Path folder : List.of(other, one)) {
            Said once = auditor.run(sealing(folder, "--once"));
            assertThat(once.exitCode()).as(once.text()).isZero();
        }
        assertThat(tiles(one)).isEqualTo(tiles(other));
        assertThat(verify(one).text()).doesNotContain("FAIL");
    }

    @Test
    void shouldProveAReceiptWithoutTheLog() throws Exception {
        String receipt = vote.path("receipt").stringValue();
        Said got = auditor.run(
                "receipt",
                "get",
                receipt,
                "--log",
                sealed.toString(),
                "--log-key",
                logKey,
                "--dump",
                dump.toString(),
                "--out",
                dir.resolve("mine").toString());
        assertThat(got.exitCode()).as(got.text()).isZero();
        String ofVote = dir.resolve("mine.vote.tlog-proof").toString();
        String ofVerdict = dir.resolve("mine.verdict.tlog-proof").toString();

        Said mine = auditor.run("verify-receipt", receipt, ofVote, ofVerdict, "--log-key", logKey);
        assertThat(mine.text())
                .contains("Verified: the vote")
                .contains("ACCEPTED")
                .contains("partition %d, offset %d"
                        .formatted(
                                vote.path("partition").longValue(),
                                vote.path("offset").longValue()));
        assertThat(mine.exitCode()).isZero();
        assertThat(Files.readString(Path.of(ofVote))).doesNotContain("\"01\"", "\"25\"");

        String another = "A".repeat(receipt.length());
        Said notMine = auditor.run("verify-receipt", another, ofVote, ofVerdict, "--log-key", logKey);
        assertThat(notMine.text()).containsPattern("FAIL +The leaf is of this receipt's vote");
        assertThat(notMine.exitCode()).isEqualTo(1);
        Said swapped = auditor.run("verify-receipt", receipt, ofVerdict, ofVote, "--log-key", logKey);
        assertThat(swapped.exitCode()).isEqualTo(1);
    }

    @Test
    void shouldProveAReceiptWhateverItBeginsWith() throws Exception {
        for (Receipt receipt : ugly) {
            Path proofs = dir.resolve("-proof of " + receipt);
            Said got = auditor.run(
                    "receipt",
                    "get",
                    receipt.toString(),
                    "--log",
                    sealed.toString(),
                    "--log-key",
                    logKey,
                    "--dump",
                    dump.toString(),
                    "--out",
                    proofs.toString());
            assertThat(got.exitCode())
                    .as("seed %d, %s: %s", SEED, receipt, got.text())
                    .isZero();
            Said checked = auditor.run(
                    "verify-receipt",
                    receipt.toString(),
                    proofs + ".vote.tlog-proof",
                    proofs + ".verdict.tlog-proof",
                    "--log-key",
                    logKey);
            assertThat(checked.exitCode())
                    .as("seed %d, %s: %s", SEED, receipt, checked.text())
                    .isZero();
        }
    }

    @Test
    void shouldFindOneFlippedBitInATile() throws Exception {
        for (String tile : List.of("verdicts/tile/0/007", "votes/tile/1/000", "votes/tile/entries/x000/010")) {
            Path log = copy(sealed, "flipped-" + tile.replace('/', '-'));
            Path file = Stream.of(log.resolve(tile), log.resolve(tile.replace("x000/", "")))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 0x04;
            Files.write(file, bytes);

            Said said = verify(log);
            assertThat(said.text()).contains("FAIL").contains("tile/").contains("MISMATCH");
            assertThat(said.exitCode()).as(said.text()).isEqualTo(1);
        }
    }

    @Test
    void shouldFindAChangedChoiceInTheLog() throws Exception {
        DumpedLog forged = DumpedLog.copy(dump, dir.resolve("changed-choice"));
        forged.change(Topics.VOTES.name(), 2, entries -> {
            DumpedLog.Entry entry = entries.stream()
                    .filter(candidate -> candidate.key != null && candidate.value.length > 32)
                    .findFirst()
                    .orElseThrow();
            entry.value[entry.value.length - 34] ^= 1;
        });
        Said said = verifyAll(sealed, forged.folder(), dir.resolve("state-changed"));
        assertThat(said.text())
                .containsPattern("FAIL +Each leaf is of the record that stands in votes")
                .contains("votes partition 2: offset");
        assertThat(said.exitCode()).isEqualTo(1);
    }

    @Test
    void shouldFindALogThatIsCutShort() throws Exception {
        DumpedLog forged = DumpedLog.copy(dump, dir.resolve("cut-short"));
        forged.change(Topics.VOTES.name(), 1, entries -> entries.subList(entries.size() - 9, entries.size())
                .clear());
        Said said = verifyAll(sealed, forged.folder(), dir.resolve("state-cut"));
        assertThat(said.text()).contains("votes partition 1: the log ends at offset", "cut short");
        assertThat(said.exitCode()).isEqualTo(1);
    }

    /** Go's packages, which share no line with ours, read both trees; and a witness of theirs cosigns them. */
    @Test
    void shouldBeReadAndWitnessedByAStranger() throws Exception {
        Path stranger = stranger();
        Map<String, Process> witnesses = new TreeMap<>();
        StringBuilder policy = new StringBuilder();
        Path log = copy(sealed, "witnessed");
        try {
            for (String tree : List.of("votes", "verdicts")) {
                Said read = auditor.program(List.of(
                        stranger.toString(), "check", "-log", log.resolve(tree).toString(), "-vkey", treeKey(tree)));
                assertThat(read.text()).startsWith("checked: ");
                assertThat(read.exitCode()).as(read.text()).isZero();
                Process witness = new ProcessBuilder(
                                stranger.toString(),
                                "witness",
                                "-vkey",
                                treeKey(tree),
                                "-name",
                                "witness.example/" + tree)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                witnesses.put(tree, witness);
                BufferedReader out = witness.inputReader(StandardCharsets.UTF_8);
                policy.append("witness %s %s %s%n".formatted(tree, out.readLine(), out.readLine()));
            }
            policy.append("group either any votes verdicts\nquorum either\n");
            Path file = Files.writeString(dir.resolve("policy"), policy);
            assertThat(verify(log, "--policy", file.toString()).text())
                    .contains("FAIL", "not cosigned as the policy asks: the quorum is not met");

            castOneMore();
            Said once = auditor.run(sealing(log, "--once", "--witnesses", file.toString()));
            assertThat(once.exitCode()).as(once.text()).isZero();
            Said verified = verify(log, "--policy", file.toString());
            assertThat(verified.text()).contains("cosigned as the policy asks").doesNotContain("FAIL");
        } finally {
            witnesses.values().forEach(Process::destroyForcibly);
        }
    }

    private static String treeKey(String tree) {
        return treeKeys.stream()
                .filter(line -> line.startsWith("example.org/votelog/" + tree + "+"))
                .findFirst()
                .orElseThrow();
    }

    private static Path stranger() throws Exception {
        Path go = Path.of("/usr/bin/go");
        boolean there = Files.isExecutable(go) && Files.isDirectory(GOPATH.resolve("src/golang.org/x/mod/sumdb/tlog"));
        if (!there) {
            System.out.println(
                    "the sealed log's stranger skipped: no " + go + ", or no golang.org/x/mod below " + GOPATH);
        }
        assumeTrue(there);
        Path built = dir.resolve("stranger");
        Said build = auditor.program(List.of(
                "env",
                "GO111MODULE=off",
                "GOPATH=" + GOPATH,
                "GOCACHE=" + dir.resolve("go-cache"),
                go.toString(),
                "build",
                "-o",
                built.toString(),
                Path.of("../../auditor/src/test/go/stranger.go").toString()));
        assertThat(build.exitCode()).as(build.text()).isZero();
        return built;
    }

    private static Path copy(Path folder, String name) throws IOException {
        Path to = dir.resolve(name);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(folder.relativize(file).toString()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return to;
    }

    /** Hashes of full tiles and bundles: of partial ones there are those of every checkpoint that a sealer came to sign. */
    private static Map<String, String> tiles(Path log) throws Exception {
        Map<String, String> tiles = new TreeMap<>();
        try (Stream<Path> files = Files.walk(log)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = log.relativize(file).toString();
                if (name.contains("tile/") && !name.contains(".p/")) {
                    byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                    tiles.put(name, HexFormat.of().formatHex(hash));
                }
            }
        }
        return tiles;
    }
}
