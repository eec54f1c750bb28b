// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.monitor;

import io.votelog.auditor.files.KeptFile;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns what rounds find into alarms: each is told once, again after a while, and when it is over. A proof is never
 * over. Evidence is kept before an alarm is told, in a folder of its own that nothing is written over in.
 */
final class Alarms {
    static final String ALARM = "alarm";
    static final String REMINDER = "reminder";
    static final String OVER = "over";

    private static final DateTimeFormatter IN_NAMES =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final MonitorState state;
    private final Path evidence;
    private final Duration remind;
    private final @Nullable AlarmCommand command;
    private final Events events;

    /**
     * @param evidence the folder below which evidence is kept
     */
    Alarms(MonitorState state, Path evidence, Duration remind, @Nullable AlarmCommand command, Events events) {
        this.state = state;
        this.evidence = evidence;
        this.remind = remind;
        this.command = command;
        this.events = events;
    }

    /** Takes what a round found. */
    void take(Findings findings, Instant now) throws InterruptedException {
        for (Map.Entry<Findings.Subject, Optional<Findings.Finding>> looked :
                findings.looked().entrySet()) {
            Findings.Subject subject = looked.getKey();
            MonitorState.Standing standing = state.standing().get(subject);
            Findings.Finding finding = looked.getValue().orElse(null);
            if (finding != null && standing == null) {
                raise(subject, finding, now);
            } else if (finding != null && standing != null) {
                state.standing().put(subject, standing.now(finding.detail()));
            } else if (standing != null && !subject.kind().proven()) {
                state.standing().remove(subject);
                tell(OVER, subject, standing, now);
            }
        }
        remind(now);
    }

    private void raise(Findings.Subject subject, Findings.Finding finding, Instant now) throws InterruptedException {
        String kept = "";
        try {
            kept = finding.evidence().isEmpty() ? "" : keep(subject, finding.evidence(), now);
        } catch (AuditException e) {
            // The alarm is told all the same.
            events.note("evidence is not kept: " + e.getMessage(), now);
        }
        MonitorState.Standing standing = new MonitorState.Standing(now, now, true, finding.detail(), kept);
        state.standing().put(subject, tell(ALARM, subject, standing, now) ? standing.delivered() : standing);
    }

    /** Tells alarms again that stand for long, and those that the user's command did not take. */
    private void remind(Instant now) throws InterruptedException {
        List<Findings.Subject> subjects = new ArrayList<>(state.standing().keySet());
        for (Findings.Subject subject : subjects) {
            MonitorState.Standing standing = state.standing().get(subject);
            if (standing == null) {
                continue;
            }
            if (!standing.toldAt().plus(remind).isAfter(now)) {
                MonitorState.Standing told = standing.told(now);
                state.standing().put(subject, tell(REMINDER, subject, told, now) ? told.delivered() : told);
            } else if (standing.pending() && standing.toldAt().isBefore(now) && run(ALARM, subject, standing, now)) {
                state.standing().put(subject, standing.delivered());
            }
        }
    }

    /** Tells an event, and returns whether the user's command took it, or there is none. */
    private boolean tell(String event, Findings.Subject subject, MonitorState.Standing standing, Instant now)
            throws InterruptedException {
        events.alarm(event, subject, standing, now);
        return run(event, subject, standing, now);
    }

    private boolean run(String event, Findings.Subject subject, MonitorState.Standing standing, Instant now)
            throws InterruptedException {
        if (command == null) {
            return true;
        }
        String why = command.run(event, subject.kind(), Events.line(event, subject, standing, now));
        if (why != null) {
            events.note(
                    "the command was not told of the %s of kind %s: %s"
                            .formatted(event, subject.kind().id(), why),
                    now);
        }
        return why == null;
    }

    private String keep(Findings.Subject subject, Map<String, byte[]> files, Instant now) {
        String name = (subject.kind().id() + " " + subject.of()).strip().replaceAll("[^A-Za-z0-9]+", "-");
        String base = name.substring(0, Math.min(name.length(), 100)) + "-" + IN_NAMES.format(now);
        Path folder = evidence.resolve(base);
        try {
            for (int number = 2; Files.exists(folder); number++) {
                folder = evidence.resolve(base + "-" + number);
            }
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new AuditException(
                    "%s, which is for evidence, cannot be made: %s".formatted(folder, Texts.reason(e)), e);
        }
        Path made = folder;
        files.forEach((file, bytes) -> KeptFile.replace(made.resolve(file), bytes));
        return folder.toString();
    }

    /** The exit code that says which alarms stand: the one of a proof before the others. */
    int exitCode() {
        List<Integer> codes = state.standing().keySet().stream()
                .map(subject -> subject.kind().exitCode())
                .toList();
        for (int code : List.of(Report.MISMATCH, Report.NOT_RUN, Report.INCOMPLETE)) {
            if (codes.contains(code)) {
                return code;
            }
        }
        return Report.PASSED;
    }
}
