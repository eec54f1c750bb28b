// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChildJvmIT {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected
    private Path dir;

    @Test
    void shouldHandOverArgumentsPropertiesAndEnvironmentButNoInput() {
        ChildJvm child = child("echo", Children.Echo.class)
                .args("a b", "", "$HOME")
                .env("VOTELOG_ECHO", "x y")
                .jvmArgs("-Dvotelog.echo=z")
                .start();
        assertThat(child.onExit().orTimeout(30, TimeUnit.SECONDS).join()).isSameAs(child);
        assertThat(child.exitCode()).hasValue(0);
        assertThat(child.logTail(10)).containsExactly("args [a b, , $HOME]", "env x y", "property z", "stdin -1");
    }

    @Test
    void shouldHaveAClockOfItsOwnFromItsNextStartOn() {
        ChildClocks clocks = new ChildClocks(dir);
        clocks.set("late", Duration.ofMinutes(-7));
        List<Duration> late = times(clocks.giveTo(child("late", Children.Times.class)));
        assertThat(late).hasSize(Children.Times.WAYS).allSatisfy(ahead -> assertThat(ahead)
                .isBetween(
                        Duration.ofMinutes(-7).minusSeconds(1),
                        Duration.ofMinutes(-7).plusSeconds(30)));

        clocks.set("late", Duration.ZERO);
        assertThat(times(clocks.giveTo(child("late", Children.Times.class))))
                .hasSize(Children.Times.WAYS)
                .allSatisfy(ahead -> assertThat(ahead).isBetween(Duration.ofSeconds(-1), Duration.ofSeconds(30)));
    }

    /** How far ahead of now the times are that a child tells. */
    private static List<Duration> times(ChildJvm.Builder builder) {
        Instant now = Instant.now();
        ChildJvm child = builder.start();
        assertThat(child.onExit().orTimeout(30, TimeUnit.SECONDS).join().exitCode())
                .hasValue(0);
        return child.logTail(Children.Times.WAYS).stream()
                .map(line -> Duration.between(now, Instant.ofEpochMilli(Long.parseLong(line))))
                .toList();
    }

    @Test
    void shouldShutDownInOrder() {
        ChildJvm child = waiting();
        assertThat(child.stop(LONG)).isTrue();
        assertThat(child.isAlive()).isFalse();
        assertThat(child.logTail(10)).containsExactly("ready", "hook ran");
    }

    @Test
    void shouldKillAChildThatDoesNotEnd() {
        ChildJvm child = waiting("hang");
        assertThat(child.stop(Duration.ofMillis(300))).isFalse();
        assertThat(child.exitCode()).hasValue(128 + 9);
        assertThat(child.logTail(1)).containsExactly("hook ran");
    }

    @Test
    void shouldLeaveTheTerminalsSignalsToItsParent() throws Exception {
        ChildJvm child = waiting();
        Processes.signal("INT", child.pid());
        Processes.signal("HUP", child.pid());
        assertThat(child.stop(LONG)).isTrue();
        // 130 or 129 were it one of the signals before.
        assertThat(child.exitCode()).hasValue(128 + 15);
    }

    @Test
    void shouldPauseResumeAndStopWhilePaused() {
        ChildJvm child = waiting();
        child.pause();
        await().atMost(LONG).until(() -> Processes.stopped(child.pid()));
        assertThat(child.isAlive()).isTrue();
        child.resume();
        await().atMost(LONG).until(() -> !Processes.stopped(child.pid()));
        child.pause();
        await().atMost(LONG).until(() -> Processes.stopped(child.pid()));
        assertThat(child.stop(LONG)).isTrue();
    }

    @Test
    void shouldSayWhyAMainClassCannotBeRun() {
        ChildJvm missing = ChildJvm.of("missing", "io.votelog.NoSuch")
                .logFile(dir.resolve("m.log"))
                .start();
        assertThat(missing.awaitEnd(LONG)).isTrue();
        assertThat(missing.exitCode()).hasValue(Tether.BAD_MAIN);
        assertThat(missing.logTail(10)).containsExactly("Tether finds no class io.votelog.NoSuch on the class path");

        ChildJvm failing = child("failing", Children.Failing.class).start();
        assertThat(failing.awaitEnd(LONG)).isTrue();
        assertThat(failing.exitCode()).hasValue(Tether.FAILED_MAIN);
        assertThat(failing.obituary("failing died"))
                .startsWith("failing died (exit code 1); the end of its log ")
                .contains("IllegalArgumentException: no such voter");
    }

    @Test
    void shouldShowTheLogOfThisStartAlone() throws Exception {
        Files.writeString(dir.resolve("waiting.log"), "an earlier start\n");
        ChildJvm child = waiting();
        assertThat(child.logTail(10)).containsExactly("ready");
        child.kill();
        assertThat(dir.resolve("waiting.log")).hasContent("an earlier start\nready");
    }

    @Test
    void shouldNotOutliveAKilledParentEvenWhenItHangs() throws Exception {
        Path log = dir.resolve("hanging.log");
        Process parent = parent(Children.ParentOfAHangingChild.class, log);
        long pid = printedPid(parent);
        await().atMost(LONG).until(() -> Files.readString(log).contains("ready"));
        parent.destroyForcibly();
        await().atMost(LONG).until(() -> Processes.gone(pid));
        assertThat(log).content().contains("hook ran");
    }

    @Test
    void shouldNotOutliveAKilledParentWhilePaused() throws Exception {
        Process parent = parent(Children.ParentOfAPausedChild.class, dir.resolve("paused.log"));
        long pid = printedPid(parent);
        await().atMost(LONG).until(() -> Processes.stopped(pid));
        parent.destroyForcibly();
        await().atMost(LONG).until(() -> Processes.gone(pid));
    }

    @Test
    void shouldLeaveNoBrokerBehindAKilledParent() throws Exception {
        Process parent = parent(Children.ParentOfABroker.class, dir.resolve("data"));
        long pid = printedPid(parent);
        assertThat(Processes.gone(pid)).isFalse();
        parent.destroyForcibly();
        await().atMost(LONG).until(() -> Processes.gone(pid));
    }

    private ChildJvm waiting(String... args) {
        ChildJvm child = child("waiting", Children.Waiting.class).args(args).start();
        await().atMost(LONG).until(() -> child.logTail(1).contains("ready"));
        return child;
    }

    private ChildJvm.Builder child(String name, Class<?> main) {
        return ChildJvm.of(name, main.getName()).workingDir(dir);
    }

    private static Process parent(Class<?> main, Path arg) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        ChildJvm.currentClassPath(),
                        Tether.class.getName(),
                        main.getName(),
                        arg.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static long printedPid(Process parent) throws Exception {
        try (BufferedReader out = parent.inputReader()) {
            String line = out.readLine();
            assertThat(line).as("the parent's output").matches("\\d+");
            return Long.parseLong(line);
        }
    }
}
