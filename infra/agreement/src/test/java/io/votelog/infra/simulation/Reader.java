// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.simulation;

import io.votelog.events.BallotResults;
import io.votelog.streams.read.results.EventSeen;
import java.util.HashMap;
import java.util.Map;

/** A reader of results, now at one instance and now at another, who says each time what was shown before. */
final class Reader {
    private final Map<String, EventSeen> seen = new HashMap<>();
    private final Map<String, BallotResults> last = new HashMap<>();

    /** Looks at what an instance shows; what it shows must not be older than what was shown before. */
    void look(Map<String, BallotResults> shown) {
        shown.forEach((ballotId, results) -> {
            if (seen.computeIfAbsent(ballotId, any -> new EventSeen()).isShown(results)) {
                BallotResults before = last.put(ballotId, results);
                if (before != null && before != results) {
                    Laws.doNotGoBack("shown", before, results);
                }
            }
        });
    }
}
