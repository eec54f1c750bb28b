// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.monitor;

import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.StrictEncoding;
import java.io.PrintStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints what happens: a line for each event, for people or as JSON. MONITOR.md says which members the JSON has. */
public final class Events {
    private final PrintStream out;
    private final boolean json;

    /** @param out where the lines go */
    public Events(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /** The monitor begins. */
    public void begun(
            String log, String origin, String state, List<String> looksAt, List<String> leavesOut, Instant at) {
        if (json) {
            Map<String, Object> line = event("begun", at);
            line.put("log", log);
            line.put("origin", origin);
            line.put("state", state);
            line.put("looksAt", looksAt);
            line.put("doesNotLookAt", leavesOut);
            print(line);
            return;
        }
        out.printf("%s Following %s (%s); what was seen is kept in %s%n", at, log, origin, state);
        looksAt.forEach(what -> out.printf("  looks at %s%n", what));
        leavesOut.forEach(what -> out.printf("  does not look at %s%n", what));
    }

    void seen(Checkpoint votes, Checkpoint verdicts, Instant at) {
        if (json) {
            Map<String, Object> line = event("seen", at);
            line.put(SealedLog.VOTES.path(), tree(votes));
            line.put(SealedLog.VERDICTS.path(), tree(verdicts));
            print(line);
        } else {
            out.printf(
                    Locale.ROOT, "%s seen: %,d leaves of votes, %,d of verdicts%n", at, votes.size(), verdicts.size());
        }
    }

    private static Map<String, Object> tree(Checkpoint checkpoint) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("leaves", checkpoint.size());
        tree.put("root", StrictEncoding.base64(checkpoint.root()));
        return tree;
    }

    void replayed(Instant at) {
        if (json) {
            print(event("replayed", at));
        } else {
            out.printf("%s the whole log was replayed%n", at);
        }
    }

    /** Something to know that is no alarm. */
    public void note(String text, Instant at) {
        if (json) {
            Map<String, Object> line = event("note", at);
            line.put("detail", text);
            print(line);
        } else {
            out.printf("%s note: %s%n", at, text);
        }
    }

    void alarm(String event, Findings.Subject subject, MonitorState.Standing standing, Instant at) {
        if (json) {
            out.println(line(event, subject, standing, at));
            return;
        }
        out.printf(
                "%s %s %s%s%s, since %s: %s%s%n",
                at,
                event.equals(Alarms.OVER) ? "over:" : event.toUpperCase(Locale.ROOT),
                subject.kind().id(),
                subject.of().isEmpty() ? "" : " (" + subject.of() + ")",
                subject.kind().proven() ? ", PROVEN" : "",
                standing.since(),
                standing.detail().replaceAll("\\s*\\R\\s*", "; "),
                standing.evidence().isEmpty() ? "" : ". Evidence: " + standing.evidence());
    }

    /** An event about an alarm, as a line of JSON. */
    static String line(String event, Findings.Subject subject, MonitorState.Standing standing, Instant at) {
        Map<String, Object> line = event(event, at);
        line.put("kind", subject.kind().id());
        line.put("subject", subject.of());
        line.put("proven", subject.kind().proven());
        line.put("since", standing.since().toString());
        line.put("detail", standing.detail());
        if (!standing.evidence().isEmpty()) {
            line.put("evidence", standing.evidence());
        }
        return Texts.JSON_LINE.writeValueAsString(line);
    }

    private static Map<String, Object> event(String event, Instant at) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", event);
        line.put("time", at.toString());
        return line;
    }

    private void print(Map<String, Object> line) {
        out.println(Texts.JSON_LINE.writeValueAsString(line));
    }
}
