// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.Seal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The sealed statements of results, as JSON lines, and the newest one of each ballot. */
final class Statements {
    private Statements() {}

    /**
     * A line.
     *
     * @param sequence of the seal
     * @param statement as it is sealed, byte for byte
     */
    @JsonPropertyOrder({"sequence", "ballotId", "revision", "statement"})
    record Line(long sequence, String ballotId, long revision, String statement) {}

    /** The lines of the results among these seals, in their order. */
    static String text(List<Seal> seals) {
        StringBuilder text = new StringBuilder();
        for (Seal.OfResult result : results(seals)) {
            Line line = new Line(result.sequence(), result.ballotId(), result.revision(), result.statement());
            text.append(Texts.JSON_LINE.writeValueAsString(line)).append('\n');
        }
        return text.toString();
    }

    /** The newest sealed result of each ballot. */
    static Map<String, Seal.OfResult> newest(List<Seal> seals) {
        Map<String, Seal.OfResult> newest = new LinkedHashMap<>();
        results(seals).forEach(result -> newest.put(result.ballotId(), result));
        return newest;
    }

    private static List<Seal.OfResult> results(List<Seal> seals) {
        return seals.stream()
                .filter(Seal.OfResult.class::isInstance)
                .map(Seal.OfResult.class::cast)
                .toList();
    }
}
