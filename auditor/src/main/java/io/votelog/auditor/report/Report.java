// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.report;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.votelog.auditor.report.Step.Outcome;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The report of an audit: its steps in their order, and the conclusion. */
public final class Report {
    /** Exit code: every step that was asked for passed. */
    public static final int PASSED = 0;

    /** Exit code: a mismatch is proven. */
    public static final int MISMATCH = 1;

    /** Exit code: the audit could not be run. */
    public static final int NOT_RUN = 2;

    /** Exit code: no step failed, but at least one that was asked for could not be run. */
    public static final int INCOMPLETE = 3;

    private final String subject;
    private final String claim;
    private final String contrary;
    private final List<Step> steps = new ArrayList<>();
    private final List<Reading> readings = new ArrayList<>();
    private final Map<String, Object> answers = new LinkedHashMap<>();
    private @Nullable String answer;
    private int codeOfAnswer = PASSED;

    /**
     * The number of records that were read from a topic, and the time that it took.
     *
     * @param of the topic's name
     */
    @JsonPropertyOrder({"of", "records", "seconds"})
    record Reading(String of, long records, double seconds) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s of %s in %.1f s", Texts.count(records, "record"), of, seconds);
        }
    }

    /**
     * @param subject the name of what was audited
     * @param claim a sentence that is true when all steps passed
     * @param contrary a sentence that is true when a step failed
     */
    public Report(String subject, String claim, String contrary) {
        this.subject = subject;
        this.claim = claim;
        this.contrary = contrary;
    }

    /** A step that found what it should. */
    public void pass(String title, String detail) {
        add(title, Outcome.PASS, detail);
    }

    /** A step that found something else; then the whole has failed. */
    public void fail(String title, String firstDifference) {
        add(title, Outcome.FAIL, firstDifference);
    }

    /** A step that could not be made; then the whole is incomplete, and never called verified. */
    public void skip(String title, String reason) {
        add(title, Outcome.SKIPPED, reason);
    }

    /** Adds a step that was not asked for. It is listed, and does not affect the exit code. */
    public void notAsked(String title, String reason) {
        add(title, Outcome.NOT_ASKED, reason);
    }

    /**
     * Sets the answer of an audit whose question has more answers than yes. It applies when no step failed and none was
     * skipped.
     *
     * @param exitCode the exit code of the program with this answer
     * @param sentence the conclusion in the printed report, in place of the claim
     * @param fields further members of the JSON report
     */
    public void answer(int exitCode, String sentence, Map<String, Object> fields) {
        codeOfAnswer = exitCode;
        answer = sentence;
        answers.putAll(fields);
    }

    /** Notes that so many records of a topic were read in that time. */
    public void read(String topic, long records, Duration took) {
        readings.add(new Reading(topic, records, took.toMillis() / 1e3));
    }

    private void add(String title, Outcome outcome, String detail) {
        steps.add(new Step(steps.size() + 1, title, outcome, detail));
    }

    /** The steps so far, in order. */
    public List<Step> steps() {
        return List.copyOf(steps);
    }

    /**
     * The program's exit code: {@link #MISMATCH} when a step failed, {@link #INCOMPLETE} when one was skipped, else {@link #PASSED} or
     * the answer's.
     */
    public int exitCode() {
        if (any(Outcome.FAIL)) {
            return MISMATCH;
        }
        return any(Outcome.SKIPPED) ? INCOMPLETE : codeOfAnswer;
    }

    private boolean any(Outcome outcome) {
        return steps.stream().anyMatch(step -> step.outcome() == outcome);
    }

    private String steps(Outcome outcome) {
        List<String> numbers = steps.stream()
                .filter(step -> step.outcome() == outcome)
                .map(step -> Integer.toString(step.number()))
                .toList();
        return (numbers.size() == 1 ? "step " : "steps ") + String.join(", ", numbers);
    }

    /** The conclusion in a sentence. It says "Verified" only where no step was left out. */
    public String conclusion() {
        int code = exitCode();
        if (code == MISMATCH) {
            return "MISMATCH in %s: %s.".formatted(steps(Outcome.FAIL), contrary);
        }
        if (any(Outcome.SKIPPED)) {
            return "Incomplete: what was looked at passed; skipped: %s.".formatted(steps(Outcome.SKIPPED));
        }
        if (answer != null) {
            return answer;
        }
        if (any(Outcome.NOT_ASKED)) {
            long asked = steps.stream()
                    .filter(step -> step.outcome() != Outcome.NOT_ASKED)
                    .count();
            return "Passed: all %s that were asked for. Not asked for, and so not known: %s."
                    .formatted(Texts.count(asked, "step"), steps(Outcome.NOT_ASKED));
        }
        return "Verified: all %d steps passed; %s.".formatted(steps.size(), claim);
    }

    /**
     * Prints the report, as JSON or for people.
     *
     * @return the exit code
     */
    public int printTo(PrintStream out, boolean json) {
        if (json) {
            printJson(out);
        } else {
            print(out);
        }
        return exitCode();
    }

    /** Prints the report for people. */
    private void print(PrintStream out) {
        out.println(subject);
        out.println();
        int width = any(Outcome.NOT_ASKED) ? Outcome.NOT_ASKED.text().length() : 8;
        for (Step step : steps) {
            out.printf(
                    Locale.ROOT,
                    "%2d  %-" + width + "s %s%n",
                    step.number(),
                    step.outcome().text(),
                    step.title());
            step.detail().lines().forEach(line -> out.printf("%s%s%n", " ".repeat(5 + width), line));
        }
        out.println();
        if (!readings.isEmpty()) {
            out.printf("Read %s.%n", readings.stream().map(Reading::toString).collect(Collectors.joining(", ")));
        }
        out.println(conclusion());
    }

    /** Prints the report as JSON. */
    private void printJson(PrintStream out) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("subject", subject);
        document.put(
                "outcome",
                switch (exitCode()) {
                    case MISMATCH -> "mismatch";
                    case INCOMPLETE -> "incomplete";
                    default -> "passed";
                });
        document.putAll(answers);
        document.put("steps", steps);
        document.put("read", readings);
        out.println(Texts.JSON.writeValueAsString(document));
    }
}
