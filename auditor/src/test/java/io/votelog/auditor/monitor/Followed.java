// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.monitor;

import io.votelog.auditor.TestLog;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogFiles;
import io.votelog.auditor.seal.TestSealedLog;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.tiles.TileSource;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** A log that is sealed in a folder, and somebody who follows it, with a clock of their own. */
final class Followed {
    static final Instant BEGIN = Instant.parse("2021-12-05T03:00:00Z");

    final TestLog log = new TestLog();
    final Path folder;
    final Path state;
    TestSealedLog sealed;
    Map<SealedLog, TileSource> sources;
    Instant now = BEGIN;
    /** Whether each round is made by a program of its own, as with {@code --once}. */
    boolean restarts;

    Policy policy;
    Map<String, URI> monitoring = Map.of();
    Duration maxAge;
    Long mostUnsealed;
    Duration oldestUnsealed;
    int replayEvery;
    Duration remind = Duration.ofHours(24);
    Supplier<LogSource> itself;
    AlarmCommand command;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private Monitor monitor;
    private int voters;

    Followed(Path dir) {
        folder = dir.resolve("sealed");
        state = dir.resolve("seen.json");
        sealed = new TestSealedLog(folder, log);
        sources = new EnumMap<>(SealedLog.class);
        for (SealedLog tree : SealedLog.values()) {
            sources.put(tree, SealedLogFiles.uncached(tree, folder.toString()));
        }
        log.publish(TestLog.fruits());
    }

    /** Casts votes and seals them. */
    Followed grow(int votes) {
        cast(votes);
        sealed.seal().sign(TestSealedLog.KEY);
        return this;
    }

    Followed cast(int votes) {
        for (int end = voters + votes; voters < end; voters++) {
            log.vote(voters, voters, "a1", voters % 3 == 0 ? "b2" : "b1");
        }
        return this;
    }

    /** Seals the log as it is now from its first record on, as if it had never been sealed. */
    Followed sealAnew() {
        sealed = new TestSealedLog(folder, log).seal().sign(TestSealedLog.KEY);
        return this;
    }

    MonitorTerms terms() {
        return new MonitorTerms(policy, null, monitoring, maxAge, mostUnsealed, oldestUnsealed, replayEvery, remind);
    }

    /** A round, a minute after the one before; returns the exit code. */
    int round() throws InterruptedException {
        if (monitor == null || restarts) {
            monitor = new Monitor(
                    folder.toString(),
                    sources,
                    TestSealedLog.KEY.publicKey(),
                    state,
                    terms(),
                    itself == null ? null : new Monitor.Itself(itself, TestLog.keys()),
                    new Monitor.Told(
                            new Events(new PrintStream(out, true, StandardCharsets.UTF_8), true),
                            command,
                            new Progress(new PrintStream(PrintStream.nullOutputStream(), true), false, false)));
        }
        now = now.plusSeconds(60);
        return monitor.round(now);
    }

    /** All events so far. */
    List<JsonNode> events() {
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(Texts.JSON::readTree)
                .toList();
    }

    /** The alarms so far, each as its event, kind and subject. */
    List<String> told() {
        return events().stream()
                .filter(event -> event.has("kind"))
                .map(event -> "%s %s %s"
                        .formatted(
                                event.path("event").asString(),
                                event.path("kind").asString(),
                                event.path("subject").asString())
                        .strip())
                .toList();
    }

    /** The alarms that were raised for a kind. */
    List<JsonNode> raised(AlarmKind kind) {
        return events().stream()
                .filter(event -> event.path("event").asString().equals("alarm")
                        && event.path("kind").asString().equals(kind.id()))
                .toList();
    }
}
