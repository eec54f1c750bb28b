// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.account;

import io.votelog.infra.chaos.load.Verdicts;
import io.votelog.rules.Ballot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** The counts of one ballot, made from the log. */
final class BallotCount {
    private final Map<String, Long> votes = new TreeMap<>();
    private final Map<String, Long> rejected = new TreeMap<>();
    private long received;
    private long accepted;
    private long retried;
    private long annulled;
    private long late;

    BallotCount(Ballot ballot) {
        ballot.sections().forEach(section -> section.options().forEach(option -> votes.put(option.id(), 0L)));
    }

    /**
     * Counts a vote.
     *
     * @param isLate whether it stands at or behind the ballot's end in its partition
     */
    void count(String verdict, List<String> choices, boolean isLate) {
        if (isLate) {
            late++;
            return;
        }
        received++;
        if (verdict.equals(Verdicts.ACCEPTED)) {
            accepted++;
            choices.forEach(choice -> votes.merge(choice, 1L, Long::sum));
        } else if (verdict.equals(Verdicts.RETRIED)) {
            retried++;
        } else {
            rejected.merge(verdict, 1L, Long::sum);
        }
    }

    /** Takes an accepted vote out. */
    void annul(Iterable<String> choices) {
        annulled++;
        choices.forEach(choice -> votes.merge(choice, -1L, Long::sum));
    }

    /** What published results say otherwise. */
    List<String> differencesOf(JsonNode results) {
        List<String> differences = new ArrayList<>();
        JsonNode turnout = results.path("turnout");
        Map<String, Long> figures = new TreeMap<>();
        figures.put("received", received);
        figures.put("accepted", accepted);
        figures.put("retried", retried);
        figures.put("annulled", annulled);
        figures.put("late", late);
        figures.put(
                "rejected",
                rejected.values().stream().mapToLong(Long::longValue).sum());
        figures.forEach((name, counted) -> compare(name, counted, turnout.path(name), differences));
        compare("revision", annulled, results.path("revision"), differences);
        JsonNode reasons = turnout.path("rejectedByReason");
        rejected.forEach((reason, counted) -> compare(reason, counted, reasons.path(reason), differences));
        reasons.properties().stream()
                .filter(reason -> !rejected.containsKey(reason.getKey())
                        && reason.getValue().longValue(-1) != 0)
                .forEach(reason -> differences.add(
                        "%s: published %s, counted none".formatted(reason.getKey(), reason.getValue())));
        Map<String, Long> left = new TreeMap<>(votes);
        for (JsonNode section : results.path("sections")) {
            for (JsonNode option : section.path("options")) {
                String id = option.path("id").stringValue("");
                Long counted = left.remove(id);
                compare("option " + id, counted == null ? -1 : counted, option.path("votes"), differences);
            }
        }
        left.keySet().forEach(id -> differences.add("option %s is not published".formatted(id)));
        return differences;
    }

    private static void compare(String what, long counted, JsonNode published, List<String> differences) {
        if (published.longValue(-1) != counted) {
            differences.add("%s: published %s, counted %d".formatted(what, published, counted));
        }
    }
}
