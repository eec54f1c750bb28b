// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import io.votelog.events.BallotResults;

/** The results that a reader of the stream has seen last, as the reader's {@code Last-Event-ID} says it. */
public final class EventSeen {
    private String lastEventId;

    /** Whether an instance shows these results to the reader; then the reader has seen them. */
    public boolean isShown(BallotResults results) {
        EventId named = EventId.parse(lastEventId);
        EventId shown = new EventId(results.getVersion(), results.getRevision());
        if (!shown.covers(named == null ? EventId.NONE : named)) {
            return false;
        }
        lastEventId = shown.text();
        return true;
    }
}
