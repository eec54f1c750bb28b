// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands.follow;

import io.votelog.auditor.commands.KeyOptions;
import io.votelog.auditor.commands.LogOptions;
import io.votelog.auditor.commands.ProgressOptions;
import io.votelog.auditor.commands.SealedLogOptions;
import io.votelog.auditor.monitor.AlarmCommand;
import io.votelog.auditor.monitor.Events;
import io.votelog.auditor.monitor.Monitor;
import io.votelog.auditor.monitor.MonitorTerms;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.tlog.Policy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code votelog-auditor monitor}. */
@Command(
        name = "monitor",
        sortOptions = false,
        description = {
            "Follows a sealed log for weeks: each round reads what is new, holds it to what was seen before and to what witnesses"
                    + " were shown, and raises an alarm once for each thing that is wrong.",
            "",
            "With the log itself (--bootstrap-servers or --dump) it also holds each new leaf against its record, and says what is not"
                    + " sealed; with the keys that the log obeys and --replay-every it replays the whole log now and then, which"
                    + " alone finds a false verdict or result.",
            "",
            "Exit codes with --once, by the alarms that stand: 0 none, 1 something is proven, 2 the sealed log could not be read, 3"
                    + " something is late, stale or not cosigned, or could not be looked at. auditor/MONITOR.md names each alarm and"
                    + " what to do."
        })
public final class MonitorCommand implements Callable<Integer> {
    @Option(
            names = "--log",
            required = true,
            paramLabel = "FOLDER|URL",
            description = "the sealed log: where it is published, or a folder")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private String log;

    @Mixin
    private SealedLogOptions trust = new SealedLogOptions();

    @Option(
            names = "--state",
            required = true,
            paramLabel = "FILE",
            description =
                    "keeps what was seen, as verify --state does; FILE.monitor beside it keeps the alarms that stand, and the folder"
                            + " FILE.evidence what proves them")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path state;

    @Mixin
    private Rounds rounds = new Rounds();

    @Option(
            names = "--witness-view",
            paramLabel = "NAME=URL",
            description =
                    "where this witness of the policy shows what it cosigned (the monitoring prefix of C2SP tlog-witness), if not at the"
                            + " policy's URL; may be given several times")
    private Map<String, URI> monitoring = new LinkedHashMap<>();

    @Option(
            names = "--max-age",
            paramLabel = "DURATION",
            description =
                    "an alarm when the newest cosignature is older, or, without witnesses, nothing new was seen for so long: 10m, 24h"
                            + " (default: no alarm). None where the log itself is given and all of it is sealed")
    private @Nullable String maxAge;

    @Mixin
    private LogOptions votes = new LogOptions();

    @Mixin
    private KeyOptions keys = new KeyOptions();

    @Option(
            names = "--max-unsealed",
            paramLabel = "N",
            description = "an alarm when more records of the log than this are not sealed (default: no alarm)")
    private @Nullable Long mostUnsealed;

    @Option(
            names = "--max-unsealed-age",
            paramLabel = "DURATION",
            description = "an alarm when a record of the log is not sealed for longer than this (default: no alarm)")
    private @Nullable String oldestUnsealed;

    @Option(
            names = "--replay-every",
            paramLabel = "N",
            description =
                    "replays the whole log every N rounds, as verify does; that reads it from its first record (default: never)")
    private int replayEvery;

    @Option(
            names = "--alarm-command",
            paramLabel = "CMD",
            description =
                    "is run by sh -c for each alarm, reminder and end of an alarm: the line of JSON is on its standard input, the kind"
                            + " in VOTELOG_ALARM, the event in VOTELOG_ALARM_EVENT. It has 30 seconds; where it fails, it is run"
                            + " again in the next round")
    private @Nullable String alarmCommand;

    @Option(
            names = "--remind",
            paramLabel = "DURATION",
            description = "how long after it was told an alarm that stands is told again (default: ${DEFAULT-VALUE})")
    private String remind = "24h";

    @Option(names = "--json", description = "a line of JSON for each event")
    private boolean json;

    @Mixin
    private ProgressOptions talk = new ProgressOptions();

    @Override
    public Integer call() throws InterruptedException {
        rounds.check();
        SealedLogKey key = trust.key();
        MonitorTerms terms = terms();
        checkLog();
        Events events = new Events(System.out, json);
        Monitor.Itself itself =
                votes.named() ? new Monitor.Itself(votes::open, keys.given() ? keys.keys() : null) : null;
        Path lock = state.resolveSibling(state.getFileName() + ".lock");
        Monitor[] monitor = new Monitor[1];
        return rounds.run(lock, "monitor with the state " + state, now -> {
            if (monitor[0] == null) {
                monitor[0] = begin(key, terms, itself, events);
            }
            return monitor[0].round(now);
        });
    }

    private Monitor begin(SealedLogKey key, MonitorTerms terms, Monitor.@Nullable Itself itself, Events events) {
        Monitor.Told told = new Monitor.Told(
                events, alarmCommand == null ? null : new AlarmCommand(alarmCommand), talk.progress(json));
        Monitor monitor;
        try {
            monitor = new Monitor(log, key, state, terms, itself, told);
        } catch (IllegalArgumentException e) {
            throw new AuditException("the policy or --witness-view: " + e.getMessage(), e);
        }
        events.begun(
                log,
                monitor.origin(),
                state.toString(),
                monitor.looksAt(),
                monitor.leavesOut(),
                Clock.systemUTC().instant());
        return monitor;
    }

    private MonitorTerms terms() {
        if (mostUnsealed != null && mostUnsealed < 0) {
            throw new AuditException("--max-unsealed is %d; 0 or more records are allowed".formatted(mostUnsealed));
        }
        if (replayEvery < 0) {
            throw new AuditException(
                    "--replay-every is %d; 0 (never) or more rounds are allowed".formatted(replayEvery));
        }
        Policy policy = trust.witnesses();
        for (String name : monitoring.keySet()) {
            if (policy == null
                    || policy.witnesses().stream().noneMatch(one -> one.name().equals(name))) {
                throw new AuditException(
                        "--witness-view names '%s', which is no witness of a policy with a key that is known here: --policy FILE names them"
                                .formatted(name));
            }
        }
        return new MonitorTerms(
                policy,
                trust.oldestCosignature(),
                monitoring,
                duration("--max-age", maxAge),
                mostUnsealed,
                duration("--max-unsealed-age", oldestUnsealed),
                replayEvery,
                positive("--remind", SealedLogOptions.duration(remind)));
    }

    private static @Nullable Duration duration(String option, @Nullable String text) {
        return text == null ? null : positive(option, SealedLogOptions.duration(text));
    }

    private static Duration positive(String option, Duration duration) {
        if (duration.isZero()) {
            throw new AuditException("%s is no time at all; 1s or more is needed".formatted(option));
        }
        return duration;
    }

    private void checkLog() {
        if (!votes.named() && (mostUnsealed != null || oldestUnsealed != null || replayEvery > 0)) {
            throw new AuditException(
                    "--max-unsealed, --max-unsealed-age and --replay-every take the log itself: --bootstrap-servers or --dump");
        }
        if (replayEvery > 0 && !keys.given()) {
            throw new AuditException(
                    "--replay-every decides votes, and takes the keys that the log obeys: --public-key or --public-key-file");
        }
    }
}
