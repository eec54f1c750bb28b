// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * The numbers of one results document, as a reader is shown them.
 *
 * @param late apart from the others, as in the document
 * @param counts every other one, by name: what was received and accepted, each reason, each option
 */
public record ShownTotals(long revision, long version, long late, Map<String, Long> counts) {
    private static final List<String> TURNOUT = List.of("received", "accepted", "retried", "rejected", "annulled");

    public static ShownTotals of(JsonNode document) {
        Map<String, Long> counts = new TreeMap<>();
        JsonNode turnout = document.path("turnout");
        for (String count : TURNOUT) {
            counts.put(count, turnout.path(count).asLong());
        }
        turnout.path("rejectedByReason")
                .properties()
                .forEach(reason -> counts.put(reason.getKey(), reason.getValue().asLong()));
        for (JsonNode section : document.path("sections")) {
            for (JsonNode option : section.path("options")) {
                counts.put(option.path("id").asString(), option.path("votes").asLong());
            }
        }
        return new ShownTotals(
                document.path("revision").asLong(),
                document.path("version").asLong(),
                turnout.path("late").asLong(),
                counts);
    }

    /**
     * Whether a reader who was shown the other totals would see anything go back, apart from late votes. An annulment takes one
     * vote from each option of the annulled vote, and nothing else.
     */
    public boolean isBehind(ShownTotals other) {
        return revision < other.revision
                || version < other.version
                || other.counts.entrySet().stream().anyMatch(count -> {
                    long mayGoBack = isOption(count.getKey()) ? revision - other.revision : 0;
                    return counts.getOrDefault(count.getKey(), 0L) < count.getValue() - mayGoBack;
                });
    }

    private static boolean isOption(String name) {
        return !TURNOUT.contains(name) && !name.matches("[A-Z_]+");
    }
}
