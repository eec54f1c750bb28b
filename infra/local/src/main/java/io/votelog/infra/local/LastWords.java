package io.votelog.infra.local;

import io.votelog.infra.broker.ChildJvm;
import java.util.List;
import java.util.OptionalInt;

/** What a dead process has to say for itself. */
final class LastWords {
    private static final int LINES = 300;
    private static final int MAX_LENGTH = 300;

    private LastWords() {}

    /** Which process, how it ended, its last meaningful line, and where the rest is. */
    static String of(ChildJvm child) {
        OptionalInt code = child.exitCode();
        String end = code.isPresent() ? "exit code " + code.getAsInt() : "running";
        String line = meaningful(child.logTail(LINES));
        return "%s died (%s)%s; its log: %s"
                .formatted(child.name(), end, line.isEmpty() ? "" : ": " + line, child.logFile());
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
            if (line.matches(".*\\b(ERROR|FATAL)\\b.*|.*\\w(Exception|Error)\\b.*")) {
                lastError = line;
            }
        }
        return cut(lastError.isEmpty() ? last : lastError);
    }

    private static String cut(String line) {
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "…";
    }
}
