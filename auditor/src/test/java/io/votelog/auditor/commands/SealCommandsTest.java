// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.auditor.AuditorApplication;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.seal.SealingKey;
import io.votelog.auditor.seal.TestSealedLog;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.NoteSigner;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.tiles.TileWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SealCommandsTest {
    private static final String ORIGIN = "vote.example/2021";

    private final NoteSigner signer = NoteSigner.generate(ORIGIN);
    private final String key = signer.verifier().vkey();

    @TempDir
    private Path folder;

    private Path small;
    private Path large;
    private Path log;

    private record Run(int exitCode, String out, String err) {}

    private static Run run(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine program =
                AuditorApplication.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        String[] words = List.of(arguments).stream().map(Object::toString).toArray(String[]::new);
        return new Run(program.execute(words), out.toString(), err.toString());
    }

    @BeforeEach
    void seal() throws IOException {
        log = folder.resolve("log");
        TileWriter writer = TileWriter.open(log, 0);
        append(writer, 300);
        small = checkpoint("small", 300, writer.flush());
        append(writer, 700);
        large = checkpoint("large", 700, writer.flush());
    }

    private static void append(TileWriter writer, int size) {
        while (writer.size() < size) {
            writer.append(("entry " + writer.size()).getBytes(StandardCharsets.US_ASCII));
        }
    }

    private Path checkpoint(String name, long size, byte[] root) throws IOException {
        return checkpoint(name, signer, ORIGIN, size, root);
    }

    private Path checkpoint(String name, NoteSigner by, String origin, long size, byte[] root) throws IOException {
        String text = new Checkpoint(origin, size, root).text();
        return Files.write(
                folder.resolve(name),
                new SignedNote(text, List.of()).with(by.sign(text)).bytes());
    }

    private static byte[] otherRoot() {
        return new byte[32];
    }

    @Test
    void shouldMakeAKeyThatItsOwnerAloneMayRead() throws IOException {
        Path file = folder.resolve("key");
        Run run = run("keygen", "--origin", ORIGIN, "--out", file);
        assertThat(run.exitCode()).isZero();
        SealedLogKey printed = SealedLogKey.parse(List.of(run.out()));
        SealingKey made = SealingKey.parse(Files.readString(file));
        assertThat(made.origin()).isEqualTo(ORIGIN);
        for (SealedLog tree : SealedLog.values()) {
            assertThat(printed.of(tree).name()).isEqualTo(ORIGIN + "/" + tree.path());
            assertThat(printed.of(tree).verifies("text\n", made.of(tree).sign("text\n")))
                    .isTrue();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(run.out() + run.err()).doesNotContain("PRIVATE");
    }

    @Test
    void shouldNeverOverwriteAKey() throws IOException {
        Path file = Files.writeString(folder.resolve("key"), "precious");
        Run run = run("keygen", "--origin", ORIGIN, "--out", file);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("exists, and is not overwritten");
        assertThat(run.out()).isEmpty();
        assertThat(file).hasContent("precious");
    }

    @Test
    void shouldMakeNoKeyWithoutAName() {
        Path file = folder.resolve("key");
        assertThat(run("keygen", "--origin", "two words", "--out", file).err())
                .contains("--origin")
                .contains("two words");
        assertThat(run("keygen", "--out", file).exitCode()).isEqualTo(2);
        assertThat(file).doesNotExist();
        Run json = run("keygen", "--json", "--origin", ORIGIN, "--out", file);
        assertThat(Texts.JSON.readTree(json.out()).get("votes").asString()).startsWith(ORIGIN + "/votes+");
    }

    @Test
    void shouldFindTwoRootsOfOneSize() throws IOException {
        Path other = checkpoint("other", 300, otherRoot());
        for (Run run : List.of(
                run("equivocation", small, other, "--log-key", key),
                run("equivocation", other, small, "--log-key", key))) {
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).startsWith("CONTRADICTION, proven.").contains("300 entries");
        }
        Run same = run("equivocation", small, small, "--log-key", key);
        assertThat(same.exitCode()).isZero();
        assertThat(same.out()).startsWith("No contradiction.");
    }

    @Test
    void shouldAskTheTilesAboutDifferentSizes() throws IOException {
        Run without = run("equivocation", small, large, "--log-key", key);
        assertThat(without.exitCode()).isEqualTo(2);
        assertThat(without.err()).contains("--log");

        for (Run run : List.of(
                run("equivocation", small, large, "--log-key", key, "--log", log),
                run("equivocation", large, small, "--log-key", key, "--log", log))) {
            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.out()).startsWith("No contradiction.").contains("first of the 700");
        }

        Path other = checkpoint("other", 300, otherRoot());
        Run contradiction = run("equivocation", large, other, "--log-key", key, "--log", log, "--json");
        assertThat(contradiction.exitCode()).isEqualTo(1);
        var json = Texts.JSON.readTree(contradiction.out());
        assertThat(json.get("outcome").asString()).isEqualTo("contradiction");
        assertThat(json.get("a").get("size").asInt()).isEqualTo(700);
        assertThat(json.get("b").get("size").asInt()).isEqualTo(300);
    }

    /** They may be anybody's: neither a proof against the log nor one for it. */
    @Test
    void shouldProveNothingByTilesOfAnotherRoot() throws IOException {
        Path other = checkpoint("other", 700, otherRoot());
        Run run = run("equivocation", small, other, "--log-key", key, "--log", log);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("root");
        assertThat(run("equivocation", small, large, "--log-key", key, "--log", folder.resolve("none"))
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void shouldNotBelieveWhatTheLogDidNotSign() throws IOException {
        Path forged = checkpoint("forged", NoteSigner.generate(ORIGIN), ORIGIN, 300, otherRoot());
        Run run = run("equivocation", small, forged, "--log-key", key);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(forged.toString()).contains("signed by no key");

        Path elsewhere = checkpoint("elsewhere", signer, "vote.example/2022", 300, otherRoot());
        assertThat(run("equivocation", small, elsewhere, "--log-key", key).exitCode())
                .isEqualTo(2);
        Path text = Files.writeString(folder.resolve("text"), "no note");
        assertThat(run("equivocation", text, small, "--log-key", key).err()).contains(text.toString());
        assertThat(run("equivocation", small, folder.resolve("none"), "--log-key", key)
                        .err())
                .contains("cannot be read: there is no such file");
        assertThat(run("equivocation", small, small, "--log-key", "abc").exitCode())
                .isEqualTo(2);
        assertThat(run("equivocation", small, small).exitCode()).isEqualTo(2);
    }

    @Test
    void shouldTakeTheLogsOfAPolicy() throws IOException {
        NoteSigner second = NoteSigner.generate("vote.example/2022");
        Path policy = Files.writeString(
                folder.resolve("policy"),
                "log %s\nlog %s\nquorum none\n".formatted(key, second.verifier().vkey()));
        Path other = checkpoint("other", 300, otherRoot());
        assertThat(run("equivocation", small, other, "--policy", policy).exitCode())
                .isEqualTo(1);
        Path ofSecond = checkpoint("second", second, "vote.example/2022", 300, otherRoot());
        Run run = run("equivocation", small, ofSecond, "--policy", policy);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("two logs can't contradict each other");
        Files.writeString(policy, "log\n");
        assertThat(run("equivocation", small, other, "--policy", policy).err()).contains("line 1 of the policy");
    }

    @Test
    void shouldSayInOneLineWhatIsNoLog() {
        String both = TestSealedLog.vkeys();
        for (String none :
                List.of("http://", "http://a b/", "ftp://log.example", "http://127.0.0.1:1/log", "nowhere", "a\0b")) {
            Run run = run("verify", "--log", none, "--log-key", both, "--quiet");
            assertThat(run.exitCode()).as(none).isEqualTo(2);
            assertThat(run.err().strip().lines().toList())
                    .as(none)
                    .singleElement()
                    .asString()
                    .doesNotContain("Exception", "java.");
        }
    }

    @Test
    void shouldTakeTheKeysOfOneLogAlone() {
        SealedLogKey mine = SealingKey.generate(ORIGIN).publicKey();
        SealedLogKey other = SealingKey.generate("vote.example/2022").publicKey();
        String votes = mine.votes().vkey();
        assertThat(SealedLogKey.parse(List.of(mine.verdicts().vkey(), votes))
                        .of(SealedLog.VOTES)
                        .vkey())
                .isEqualTo(votes);
        assertThat(SealedLogKey.parse(List.of(key)).verdicts().name()).isEqualTo(ORIGIN + "/verdicts");
        for (List<String> wrong : List.of(
                List.of(votes, other.verdicts().vkey()),
                List.of(votes, votes),
                List.of(votes + " " + mine.verdicts().vkey() + " " + votes),
                List.of(key, votes))) {
            Run run = run("verify", "--log", log, "--log-key", wrong.get(0), "--log-key", wrong.get(wrong.size() - 1));
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("--log-key");
        }
    }

    /** A log that one key signed goes on with it, and is still checked with it. */
    @Test
    void shouldKnowAKeyForBothTreesToo() {
        SealingKey both = SealingKey.parse(signer.text() + "\n");
        assertThat(both.origin()).isEqualTo(ORIGIN);
        assertThat(SealedLogKey.parse(List.of(key)).of(SealedLog.VERDICTS).vkey())
                .isEqualTo(both.publicKey().verdicts().vkey());
        SealingKey pair = SealingKey.generate(ORIGIN);
        assertThat(SealingKey.parse(pair.text()).publicKey().votes().vkey())
                .isEqualTo(pair.publicKey().votes().vkey());
    }

    @Test
    void shouldReadDurationsAsPeopleWriteThem() {
        assertThat(List.of("90s", "10m", "24h", "7d", "PT1H30M"))
                .extracting(SealedLogOptions::duration)
                .containsExactly(
                        Duration.ofSeconds(90),
                        Duration.ofMinutes(10),
                        Duration.ofHours(24),
                        Duration.ofDays(7),
                        Duration.ofMinutes(90));
        for (String none : List.of("7", "-1h", "1w", "PT-1H", "")) {
            assertThatThrownBy(() -> SealedLogOptions.duration(none))
                    .isInstanceOf(AuditException.class)
                    .hasMessageContaining("'" + none + "' is no duration");
        }
    }
}
