// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import io.votelog.infra.broker.ChildJvm;
import java.util.List;

/** What a dead process has to say for itself. */
final class LastWords {
    private static final int LINES = 300;
    private static final int MAX_LENGTH = 300;
    private static final int SIGKILLED = 137;
    private static final String PREFIX = "^\\d{4}-\\d\\d-\\d\\dT\\S+\\s+(?:ERROR|WARN|INFO)\\s.*? (?::|-) ";

    private LastWords() {}

    /** Which process, how it ended, its last meaningful line, and where the rest is. */
    static String of(ChildJvm child) {
        int code = child.exitCode().orElse(0);
        // One that was killed had no time for last words; what it logged before is about something else.
        String said = code == SIGKILLED ? "" : meaningful(child.logTail(LINES));
        return "%s died (exit code %d)%s; its log: %s"
                .formatted(
                        child.name(),
                        code,
                        code == SIGKILLED ? ": killed from outside" : said.isEmpty() ? "" : ": " + said,
                        child.logFile());
    }

    /**
     * The line of a log that says most about its end: Spring Boot's description of a failed start, else the last that
     * speaks of an error, else the last that is no stack frame; empty where there is none.
     */
    static String meaningful(List<String> log) {
        List<String> lines = log.stream()
                .filter(line -> !line.isBlank() && !line.matches("\\s+at .*|\\s+\\.\\.\\. \\d+ .*|\\*+"))
                .map(String::strip)
                .toList();
        int description = lines.lastIndexOf("Description:");
        if (description >= 0 && description + 1 < lines.size()) {
            return cut(lines.get(description + 1));
        }
        String last = "";
        String lastError = "";
        for (String line : lines) {
            last = line;
            if (line.matches(".*\\b(ERROR|FATAL)\\b.*|.*\\w(Exception|Error)\\b.*")
                    && !line.matches(".*\\b(WARN|INFO)\\b.*")) {
                lastError = line;
            }
        }
        return cut(lastError.isEmpty() ? last : lastError);
    }

    private static String cut(String line) {
        String said = line.replaceFirst(PREFIX, "");
        return said.length() <= MAX_LENGTH ? said : said.substring(0, MAX_LENGTH) + "…";
    }
}
