// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a document of results shows, as far as it may not go back.
 *
 * @param votes by option
 */
record ShownResults(long version, long revision, long received, long accepted, Map<String, Long> votes, String status) {
    static ShownResults of(JsonNode results) {
        Map<String, Long> votes = new HashMap<>();
        for (JsonNode section : results.path("sections")) {
            for (JsonNode option : section.path("options")) {
                votes.put(
                        option.path("id").stringValue(""), option.path("votes").longValue(0));
            }
        }
        return new ShownResults(
                results.path("version").longValue(-1),
                results.path("revision").longValue(-1),
                results.path("turnout").path("received").longValue(-1),
                results.path("turnout").path("accepted").longValue(-1),
                votes,
                results.path("status").stringValue(""));
    }

    /** What went back from the document before; null where nothing did. Only an annulment, which raises the revision, lowers votes. */
    @Nullable
    String wentBackFrom(ShownResults before) {
        if (version < before.version || revision < before.revision) {
            return "version %d-%d behind %d-%d".formatted(version, revision, before.version, before.revision);
        }
        if (received < before.received || accepted < before.accepted) {
            return "%d received, %d accepted behind %d and %d at version %d"
                    .formatted(received, accepted, before.received, before.accepted, version);
        }
        if (before.status.equals("final") && !status.equals("final")) {
            return "%s behind final at version %d".formatted(status, version);
        }
        if (revision > before.revision) {
            return null;
        }
        for (Map.Entry<String, Long> option : votes.entrySet()) {
            long earlier = before.votes.getOrDefault(option.getKey(), 0L);
            if (option.getValue() < earlier) {
                return "option %s has %d votes behind %d at version %d"
                        .formatted(option.getKey(), option.getValue(), earlier, version);
            }
        }
        return null;
    }
}
