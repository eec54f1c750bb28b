// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.auditor.commands.ReceiptCommand;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.TestSealedLog;
import io.votelog.auditor.source.CountedOffsets;
import io.votelog.auditor.source.DumpWriter;
import io.votelog.events.Salt;
import io.votelog.events.VoteCast;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** The command line, and what strangers make it take. */
class ProgramTest {
    private static final long SEED = Long.getLong("votelog.seed", System.nanoTime());

    /** Beginnings that a command line may misunderstand. */
    private static final List<String> UGLY = List.of("-A", "-h", "-V", "--", "-0", "-_", "__", "A-", "_-");

    private static final String KEY = TestSealedLog.vkeys();

    @TempDir
    private Path dir;

    private TestLog log;

    @BeforeAll
    static void say() {
        System.out.printf("seed %d, -Dvotelog.seed=%d%n", SEED, SEED);
    }

    @BeforeEach
    void make() {
        log = new TestLog().publish(TestLog.fruits());
    }

    /** A receipt that begins so, and is otherwise drawn. */
    private static Receipt receipt(String beginning, Random random) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        String drawn = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return Receipt.parse(beginning + drawn.substring(beginning.length())).orElseThrow();
    }

    @Test
    void shouldTakeEveryReceiptWhateverItBeginsWith() throws IOException {
        Random random = new Random(SEED);
        List<Receipt> receipts = new ArrayList<>();
        for (String beginning : UGLY) {
            receipts.add(receipt(beginning, random));
        }
        for (Receipt receipt : receipts) {
            VoteCast vote = new VoteCast(receipt.voteId(), "fruits", List.of("a1", "b1"), new Salt(new byte[32]));
            byte[] key = receipt.voter().bytes();
            log.add(Topics.VOTES, Pseudonym.partition(key, TestLog.PARTITIONS), key, Events.encode(vote));
        }
        Path sealed = dir.resolve("sealed");
        new TestSealedLog(sealed, log).seal().sign(TestSealedLog.KEY);
        Path dump = dump();

        for (Receipt receipt : receipts) {
            Path mine = dir.resolve("proof of " + receipt);
            List<Object> from = List.of("--log", sealed, "--log-key", KEY, "--dump", dump, "--out", mine);
            for (List<Object> command : List.of(
                    List.<Object>of("receipt", "get", receipt), List.<Object>of("receipt", "get", "--json", receipt))) {
                CommandRun got = CommandRun.of(
                        Stream.of(command, from).flatMap(List::stream).toArray());
                assertThat(got.exitCode())
                        .as("seed %d, %s: %s", SEED, receipt, got.err())
                        .isZero();
                if (command.contains("--json")) {
                    JsonNode answer = Texts.JSON.readTree(got.out());
                    assertThat(answer.path("receipt").stringValue()).isEqualTo(receipt.toString());
                    assertThat(answer.path("vote").stringValue()).isEqualTo(mine + ".vote.tlog-proof");
                    assertThat(answer.path("verdict").stringValue()).isEqualTo(mine + ".verdict.tlog-proof");
                }
            }
            Path ofVote = Path.of(mine + ".vote.tlog-proof");
            Path ofVerdict = Path.of(mine + ".verdict.tlog-proof");
            CommandRun behind = CommandRun.of(Stream.of(List.of("receipt", "get"), from, List.of("--", receipt))
                    .flatMap(List::stream)
                    .toArray());
            assertThat(behind.exitCode())
                    .as("seed %d, %s: %s", SEED, receipt, behind.err())
                    .isZero();
            assertThat(behind.out()).contains(ofVote.toString(), ofVerdict.toString());
            for (CommandRun checked : List.of(
                    CommandRun.of("verify-receipt", receipt, ofVote, ofVerdict, "--log-key", KEY),
                    CommandRun.of("verify-receipt", "--log-key", KEY, receipt, ofVote, ofVerdict),
                    CommandRun.of("verify-receipt", "--log-key", KEY, "--", receipt, ofVote, ofVerdict))) {
                assertThat(checked.out())
                        .as("seed %d, %s", SEED, receipt)
                        .contains("ACCEPTED")
                        .doesNotContain("FAIL");
                assertThat(checked.exitCode())
                        .as("seed %d, %s: %s", SEED, receipt, checked.err())
                        .isZero();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "-9223372036854775808", "9223372036854775807", "9223372036854775808", "x", ""})
    void shouldFindNoVoteAtAnOffsetThatIsNone(String offset) throws IOException {
        Path sealed = dir.resolve("sealed");
        new TestSealedLog(sealed, log).seal().sign(TestSealedLog.KEY);
        CommandRun run = CommandRun.of(
                "receipt",
                "get",
                "A".repeat(43),
                "--log",
                sealed,
                "--log-key",
                KEY,
                "--dump",
                dump(),
                "--offset",
                offset);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).doesNotContain("fault of this program", "\tat ");
    }

    /** Its proofs must not be files that the next program takes for an option. */
    @Test
    void shouldNameNoFileWithADashInFront() throws IOException {
        Receipt receipt = receipt("-h", new Random(SEED));
        assertThat(ReceiptCommand.prefix(receipt.toString(), null)).isEqualTo("./" + receipt);
        assertThat(ReceiptCommand.prefix("A".repeat(43), null)).isEqualTo("A".repeat(43));
        assertThat(ReceiptCommand.prefix(receipt.toString(), "-mine")).isEqualTo("-mine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--lgo", "-x", "--log-keys=a", "-hV", "--Version"})
    void shouldTakeNothingElseThatBeginsWithADash(String typo) {
        for (String command : List.of("replay", "dump", "verify-receipt", "compare", "digest")) {
            CommandRun run = CommandRun.of(command, typo, "A".repeat(43), "x", "y");
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err())
                    .contains("'%s'".formatted(typo), command + " --help")
                    .doesNotContain("Usage:");
            assertThat(run.out()).isEmpty();
        }
        assertThat(CommandRun.of("replay", "--ballto", "x").err()).contains("--ballot");
    }

    /** A receipt is one by its form alone: where none belongs it is an error, and no folder is made. */
    @Test
    void shouldTakeAReceiptOnlyWhereOneBelongs() {
        String receipt = receipt("-A", new Random(SEED)).toString();
        CommandRun run = CommandRun.of("replay", "--dump", dir, receipt);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(receipt);
        CommandRun cut = CommandRun.of("verify-receipt", receipt.substring(1), "x", "y", "--log-key", KEY);
        assertThat(cut.err()).contains("no receipt");
        assertThat(CommandRun.of("verify-receipt", receipt.substring(0, 42), "x", "y", "--log-key", KEY)
                        .err())
                .contains("Unknown option");
    }

    static Stream<String> namesOfFiles() {
        return Stream.of(
                "-mine", "-here", "-Vile", "--mine", "@mine", "my ballot", "=", "a=b", "+", "'", "$HOME", "盗用");
    }

    /** Each names no log's key, and each is named as it was given: nothing reads it as anything else. */
    @ParameterizedTest
    @MethodSource("namesOfFiles")
    void shouldTakeAFileWhateverItsNameBeginsWith(String name) throws IOException {
        Path file = Files.writeString(dir.resolve(name), "no key\n");
        Path dump = dump();
        // Names without a folder are those that can be misunderstood; nothing of that name is in the working directory.
        for (Object[] words : new Object[][] {
            {"replay", "--dump", dump, "--public-key-file=" + name},
            {"digest", "--", name},
            {"what-if", "--dump", dump, "--public-key", TestLog.publicKey(), "--ballot=" + name}
        }) {
            CommandRun run = CommandRun.of(words);
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err())
                    .isEqualToNormalizingNewlines(
                            "The audit could not be run: %s cannot be read: there is no such file\n".formatted(name));
        }
        CommandRun there = CommandRun.of("replay", "--dump", dump, "--public-key-file", file);
        assertThat(there.err()).contains("'no key' is no public key");
    }

    /** The apps' setting has keys with commas between, and its file is given to the auditor too. */
    @Test
    void shouldTakeKeysFromTheFileOfTheAppsSetting() throws Exception {
        byte[] another = KeyPairGenerator.getInstance("Ed25519")
                .generateKeyPair()
                .getPublic()
                .getEncoded();
        String second =
                Base64.getEncoder().encodeToString(Arrays.copyOfRange(another, another.length - 32, another.length));
        Path file =
                Files.writeString(dir.resolve("votelog.log.public-keys"), TestLog.publicKey() + ", " + second + "\n");
        CommandRun run = CommandRun.of("announce", "--dump", dump(), "--public-key-file", file);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains(TestLog.publicKey(), second);
    }

    /** An option of two values takes both, whatever they begin with. */
    @Test
    void shouldTakeBothFilesOfAnAnnulment() throws IOException {
        Path proof = Files.writeString(dir.resolve("proof"), "none");
        for (Object[] words : new Object[][] {
            {"verify-receipt", "A".repeat(43), proof, proof, "--annulment", "-h1", "--h2", "--log-key", KEY},
            {"verify-receipt", "--annulment=-h1", "--h2", "--log-key", KEY, "A".repeat(43), proof, proof}
        }) {
            CommandRun run = CommandRun.of(words);
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("-h1 cannot be read: there is no such file");
        }
    }

    @Test
    void shouldReadNoFileWithFurtherArguments() throws IOException {
        Path file = Files.writeString(dir.resolve("arguments"), "--help");
        CommandRun run = CommandRun.of("digest", "@" + file);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("@" + file + " cannot be read");
    }

    /** Keys whose base64 begins with a plus or a slash, and with anything else. */
    @Test
    void shouldTakeEveryPublicKey() throws IOException {
        Path dump = dump();
        List<String> missing = new ArrayList<>(List.of("+", "/"));
        for (int drawn = 0; drawn < 20_000 && !missing.isEmpty(); drawn++) {
            KeyPair pair = LogSigner.newKeyPair();
            String key = LogKeys.publicKeyText(pair.getPublic());
            if (missing.remove(key.substring(0, 1))) {
                for (Object[] words : new Object[][] {
                    {"announce", "--dump", dump, "--public-key", key},
                    {"announce", "--dump", dump, "--public-key=" + key}
                }) {
                    assertThat(CommandRun.of(words).err()).contains("no ballot, signed by a key that was given");
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    static Stream<String> malformedKeys() {
        byte[] noPoint = new byte[32];
        noPoint[0] = 2;
        return Stream.of(
                "",
                "no key",
                "-h",
                "AAAA",
                Base64.getEncoder().encodeToString(new byte[33]),
                Base64.getEncoder().encodeToString(noPoint),
                TestLog.publicKey().substring(1));
    }

    @ParameterizedTest
    @MethodSource("malformedKeys")
    void shouldSayThatAKeyIsNone(String key) throws IOException {
        CommandRun run = CommandRun.of("announce", "--dump", dump(), "--public-key=" + key);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).isNotEmpty().doesNotContain("Exception", "\tat ");
    }

    @Test
    void shouldSayWhatIsWrongAsJson() throws IOException {
        for (Object[] words : new Object[][] {
            {"replay", "--json", "--dump", dir.resolve("none")},
            {"dump", dir.resolve("there"), "--dump", dir.resolve("none"), "--json"},
            {"export", "--json"},
            {"verify", "--json", "--lgo", "x"},
            {"seal", "--json"},
            {"receipt", "get", "--json", "short", "--log", "x", "--log-key", KEY, "--dump", dir},
            {"no-such-command", "--json"}
        }) {
            CommandRun run = CommandRun.of(words);
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).isEmpty();
            assertThat(run.out().lines()).hasSize(1);
            JsonNode document = Texts.JSON.readTree(run.out());
            assertThat(document.path("outcome").stringValue()).isEqualTo("not-run");
            assertThat(document.path("error").stringValue()).isNotBlank();
        }
        CommandRun behind = CommandRun.of("digest", "--", "--json");
        assertThat(behind.out()).isEmpty();
        assertThat(behind.err()).contains("--json cannot be read: there is no such file");
    }

    @Test
    void shouldSayInALineThatNoBrokerAnswers() throws IOException {
        Path patience = Files.writeString(dir.resolve("client.properties"), "default.api.timeout.ms=300\n");
        Path key = dir.resolve("key");
        assertThat(CommandRun.of("keygen", "--origin", "vote.example", "--out", key)
                        .exitCode())
                .isZero();
        for (String address : List.of("localhost:1", "nobody.invalid:9092", "nonsense")) {
            List<Object> from = List.of("--bootstrap-servers", address, "--command-config", patience);
            for (List<Object> command : List.of(
                    List.<Object>of("replay", "--public-key", TestLog.publicKey()),
                    List.<Object>of("announce", "--public-key", TestLog.publicKey()),
                    List.<Object>of("dump", dir.resolve("copy")),
                    List.<Object>of("seal", "--log", dir.resolve("sealed"), "--key", key))) {
                CommandRun run = CommandRun.of(
                        Stream.of(command, from).flatMap(List::stream).toArray());
                assertThat(run.exitCode()).isEqualTo(2);
                assertThat(run.err().lines().filter(line -> line.startsWith("The audit could not be run: ")))
                        .as("%s: %s", command, run.err())
                        .hasSize(1);
                assertThat(run.err()).doesNotContain("Exception", "\tat ");
            }
        }
    }

    @Test
    void shouldSayThatAnAddressIsNone() {
        for (String address : List.of("http://a b/", "http://[/", "http:///x")) {
            CommandRun run = CommandRun.of("verify", "--log", address, "--log-key", KEY);
            assertThat(run.exitCode()).as(address).isEqualTo(2);
            assertThat(run.err()).startsWith("The audit could not be run: ").doesNotContain("Exception", "\tat ");
        }
    }

    /** A fault of the machine is no mismatch: the JVM's own exit code would be 1. */
    @Test
    void shouldNeverProveAMismatchByAFault() {
        for (Throwable fault : List.of(new OutOfMemoryError("heap"), new IllegalStateException("two\nlines"))) {
            Program program = new Program(new Faulty(fault));
            StringWriter err = new StringWriter();
            program.setErr(new PrintWriter(err));
            assertThat(program.execute()).isEqualTo(2);
            assertThat(err.toString().lines()).hasSize(1);
            assertThat(err.toString()).doesNotContain("\tat ");
        }
    }

    @Command(name = "faulty")
    private record Faulty(Throwable fault) implements Runnable {
        @Override
        public void run() {
            if (fault instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) fault;
        }
    }

    @Test
    void shouldSayItsVersion() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"), StandardCharsets.UTF_8);
        String version = pom.substring(pom.indexOf("<version>") + "<version>".length(), pom.indexOf("</version>"));
        for (Object[] words :
                new Object[][] {{"--version"}, {"-V"}, {"replay", "--version"}, {"receipt", "get", "-V"}}) {
            CommandRun run = CommandRun.of(words);
            assertThat(run.exitCode()).isZero();
            assertThat(run.out()).isEqualToNormalizingNewlines("votelog-auditor %s\n".formatted(version));
        }
    }

    @Test
    void shouldHelpWithEveryCommand() {
        for (String flag : List.of("-h", "--help")) {
            CommandRun run = CommandRun.of(flag);
            assertThat(run.exitCode()).isZero();
            assertThat(run.out()).startsWith("Usage: votelog-auditor");
            for (String command :
                    AuditorApplication.commandLine().getSubcommands().keySet()) {
                assertThat(CommandRun.of(command, flag).out())
                        .startsWith("Usage: votelog-auditor " + command)
                        .contains("--help", "--version");
            }
        }
    }

    private Path dump() throws IOException {
        Path folder = dir.resolve("dump");
        if (Files.notExists(folder)) {
            new DumpWriter(log, CountedOffsets.GROUP, folder, new Progress(System.err, false)).write();
        }
        return folder;
    }
}
