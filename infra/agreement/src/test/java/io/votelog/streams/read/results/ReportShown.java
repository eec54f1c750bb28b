// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import io.votelog.events.BallotResults;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.nist.ElectionReport;
import java.time.Instant;

/** The election report that the read side shows of results. */
public final class ReportShown {
    private ReportShown() {}

    /**
     * The report as JSON.
     *
     * @param results null before anything is counted
     */
    public static byte[] at(Instant now, BallotDefinition definition, BallotResults results) {
        BallotPhase phase = ResultsDocument.statusAt(now, definition.ballot(), results, false);
        return ElectionReport.json(
                definition, ResultsDocument.of(definition, results, phase).counted(definition.ballot()));
    }
}
