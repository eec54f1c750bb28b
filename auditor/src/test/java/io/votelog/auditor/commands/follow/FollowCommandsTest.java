// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.auditor.CommandRun;
import io.votelog.auditor.TestLog;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.TestSealedLog;
import io.votelog.auditor.source.CountedOffsets;
import io.votelog.auditor.source.DumpWriter;
import io.votelog.events.VoteCast;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The commands monitor and mirror, as somebody calls them. */
class FollowCommandsTest {
    @TempDir
    private Path dir;

    private final TestLog log = new TestLog();
    private Path sealed;
    private Path state;

    @BeforeEach
    void seal() {
        sealed = dir.resolve("sealed");
        state = dir.resolve("seen.json");
        log.publish(TestLog.fruits());
        cast(0, 400);
        new TestSealedLog(sealed, log).seal().sign(TestSealedLog.KEY);
    }

    private void cast(int from, int to) {
        for (int voter = from; voter < to; voter++) {
            log.vote(voter, voter, "a1", "b1");
        }
    }

    private CommandRun monitor(Object... more) {
        List<Object> words = new ArrayList<>(
                List.of("monitor", "--once", "--log", sealed, "--log-key", TestSealedLog.vkeys(), "--state", state));
        words.addAll(List.of(more));
        return CommandRun.of(words.toArray());
    }

    private void fork() throws Exception {
        log.change(0, 9, vote -> VoteCast.newBuilder(vote)
                .setChoices(List.of("a3", "b1"))
                .build());
        new TestSealedLog(sealed, log).seal().sign(TestSealedLog.KEY);
    }

    @Test
    void shouldTellACommandOfTheUsersOnce() throws Exception {
        Path told = dir.resolve("told");
        String command =
                "{ printf '%%s %%s ' \"$VOTELOG_ALARM\" \"$VOTELOG_ALARM_EVENT\"; cat; } >> %s".formatted(told);
        CommandRun first = monitor("--alarm-command", command, "--quiet");
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.out())
                .contains("Following " + sealed)
                .contains("does not look at what others are shown: --policy names witnesses")
                .contains("seen: 403 leaves of votes, 403 of verdicts");
        assertThat(told).doesNotExist();

        Files.move(sealed, dir.resolve("away"));
        assertThat(monitor("--alarm-command", command, "--quiet").exitCode()).isEqualTo(2);
        Files.move(dir.resolve("away"), sealed);
        fork();
        CommandRun proven = monitor("--alarm-command", command, "--quiet");
        assertThat(proven.exitCode()).isEqualTo(1);
        assertThat(proven.out()).contains("ALARM fork (votes), PROVEN").contains("Evidence: " + dir);
        assertThat(monitor("--alarm-command", command, "--quiet").exitCode()).isEqualTo(1);
        List<String> lines = Files.readAllLines(told);
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).startsWith("unreadable alarm {");
        assertThat(lines.get(1)).startsWith("fork alarm {");
        JsonNode alarm = Texts.JSON.readTree(lines.get(1).substring(lines.get(1).indexOf('{')));
        assertThat(alarm.path("kind").asString()).isEqualTo("fork");
        assertThat(alarm.path("proven").asBoolean()).isTrue();
        assertThat(Path.of(alarm.path("evidence").asString())).isDirectory();
        // The tree is read again, and what stands is not over.
        assertThat(lines.get(2)).startsWith("unreadable over {");
        // What was kept is what equivocation takes.
        Path evidence = Path.of(alarm.path("evidence").asString());
        CommandRun judged = CommandRun.of(
                "equivocation",
                evidence.resolve("smaller.checkpoint"),
                evidence.resolve("larger.checkpoint"),
                "--log-key",
                TestSealedLog.KEY.publicKey().votes().vkey());
        assertThat(judged.exitCode()).as(judged.err()).isEqualTo(1);
    }

    @Test
    void shouldGoOnWhenTheCommandFailsAndRunItAgain() throws Exception {
        monitor("--quiet");
        fork();
        Path told = dir.resolve("told");
        CommandRun failed = monitor("--quiet", "--json", "--alarm-command", "exit 3");
        assertThat(failed.exitCode()).isEqualTo(1);
        List<JsonNode> events = failed.out().lines().map(Texts.JSON::readTree).toList();
        assertThat(events)
                .extracting(event -> event.path("event").asString())
                .containsExactly("begun", "alarm", "note");
        assertThat(events.get(2).path("detail").asString())
                .isEqualTo("the command was not told of the alarm of kind fork: it ended with exit code 3");
        CommandRun later = monitor("--quiet", "--json", "--alarm-command", "cat >> " + told);
        assertThat(later.out()).doesNotContain("\"event\":\"alarm\"");
        assertThat(Files.readAllLines(told)).hasSize(1);
        assertThat(monitor("--quiet", "--alarm-command", "cat >> " + told).exitCode())
                .isEqualTo(1);
        assertThat(Files.readAllLines(told)).hasSize(1);
    }

    /** What the monitor keeps and what verify keeps is one file. */
    @Test
    void shouldShareItsStateWithVerify() throws Exception {
        Object[] verify = {"verify", "--log", sealed, "--log-key", TestSealedLog.vkeys(), "--state", state, "--quiet"};
        assertThat(CommandRun.of(verify).exitCode()).isEqualTo(3);
        assertThat(monitor("--quiet").exitCode()).isZero();
        cast(400, 500);
        new TestSealedLog(sealed, log).seal(202, 202).seal().sign(TestSealedLog.KEY);
        monitor("--quiet");
        CommandRun again = CommandRun.of(verify);
        assertThat(again.out()).contains("What was seen before still stands");
    }

    @Test
    void shouldHoldTheSealedLogAgainstADump() throws Exception {
        Path dump = dir.resolve("dump");
        dump(dump);
        Object[] options = {
            "--quiet", "--dump", dump, "--public-key", TestLog.publicKey(), "--replay-every", "1", "--max-unsealed", "0"
        };
        CommandRun honest = monitor(options);
        assertThat(honest.exitCode()).as(honest.out() + honest.err()).isZero();
        assertThat(honest.out())
                .contains("the whole log was replayed")
                .contains("looks at the record of each new leaf");
        cast(400, 410);
        Path later = dir.resolve("later");
        dump(later);
        options[2] = later;
        CommandRun behind = monitor(options);
        assertThat(behind.exitCode()).isEqualTo(3);
        assertThat(behind.out()).contains("ALARM unsealed").contains("10 records of the log are not sealed");
        Files.write(later.resolve(firstFile(later)), new byte[] {1, 2, 3});
        CommandRun damaged = monitor(options);
        assertThat(damaged.exitCode()).isEqualTo(3);
        assertThat(damaged.out()).contains("ALARM log-unreadable").doesNotContain("PROVEN");
    }

    private static Path firstFile(Path dump) throws IOException {
        try (var files = Files.list(dump)) {
            return files.filter(file -> file.getFileName().toString().contains("votes"))
                    .sorted()
                    .findFirst()
                    .orElseThrow()
                    .getFileName();
        }
    }

    private void dump(Path folder) throws IOException {
        new DumpWriter(log, CountedOffsets.GROUP, folder, new Progress(System.err, false)).write();
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        for (List<Object> wrong : List.<List<Object>>of(
                List.of("--max-unsealed", "3"),
                List.of("--replay-every", "2", "--dump", dir),
                List.of("--replay-every", "-1"),
                List.of("--max-age", "soon"),
                List.of("--max-age", "0s"),
                List.of("--remind", "0s"),
                List.of("--every", "0"),
                List.of("--witness-view", "w1=http://127.0.0.1:1/"),
                List.of("--max-cosignature-age", "3d"))) {
            CommandRun run = monitor(wrong.toArray());
            assertThat(run.exitCode()).as(wrong.toString()).isEqualTo(2);
            assertThat(run.err().strip().lines()).as(wrong.toString()).hasSizeLessThanOrEqualTo(2);
            assertThat(run.err()).doesNotContain("fault of this program");
        }
        assertThat(state).doesNotExist();
        CommandRun ftp = CommandRun.of(
                "mirror",
                "--once",
                "--log",
                "ftp://a/b",
                "--log-key",
                TestSealedLog.vkeys(),
                "--to",
                dir.resolve("to"));
        assertThat(ftp.exitCode()).isEqualTo(2);
        assertThat(ftp.err()).contains("--log");
    }

    @Test
    void shouldMirrorForOthers() throws Exception {
        Path copy = dir.resolve("copy");
        CommandRun run = CommandRun.of(
                "mirror", "--once", "--json", "--log", sealed, "--log-key", TestSealedLog.vkeys(), "--to", copy);
        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode line = Texts.JSON.readTree(run.out());
        assertThat(line.path("event").asString()).isEqualTo("mirrored");
        assertThat(line.path("votes").path("leaves").asLong()).isEqualTo(403);
        assertThat(CommandRun.of("verify", "--log", copy, "--log-key", TestSealedLog.vkeys(), "--quiet")
                        .exitCode())
                .isZero();
        fork();
        CommandRun proven = CommandRun.of(
                "mirror", "--once", "--log", sealed, "--log-key", TestSealedLog.vkeys(), "--to", copy, "--quiet");
        assertThat(proven.exitCode()).isEqualTo(1);
        assertThat(proven.out()).contains("not copied: the tree of votes contradicts the copy");
    }

    /** One program at a time works with a state; and it ends when it is stopped. */
    @Test
    @Timeout(60)
    void shouldFollowUntilItIsStopped() throws Exception {
        File out = dir.resolve("out").toFile();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.votelog.auditor.AuditorApplication",
                        "monitor",
                        "--every",
                        "0.2",
                        "--quiet",
                        "--json",
                        "--log",
                        sealed.toString(),
                        "--log-key",
                        TestSealedLog.vkeys(),
                        "--state",
                        state.toString())
                .redirectErrorStream(true)
                .redirectOutput(out)
                .start();
        try {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Files.readString(out.toPath()).contains("\"seen\""));
            CommandRun second = monitor("--quiet");
            assertThat(second.exitCode()).isEqualTo(2);
            assertThat(second.err()).contains("another monitor with the state");
            fork();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Files.readString(out.toPath()).contains("\"fork\""));
            process.destroy();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readString(out.toPath()).lines().filter(line -> line.contains("\"alarm\"")))
                .hasSize(1);
        assertThat(monitor("--quiet").exitCode()).isEqualTo(1);
    }
}
