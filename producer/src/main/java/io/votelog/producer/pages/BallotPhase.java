// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.pages;

import io.votelog.producer.ballots.ListedBallot;
import java.time.Instant;

/** What can be done with a ballot at a moment, as its page tells it. */
enum BallotPhase {
    /** Nothing yet: it is being published, or this gateway is not set up for it. */
    PREPARING,
    /** It is published and opens later. */
    SCHEDULED,
    /** Votes are taken. */
    OPEN,
    /** It is over. */
    CLOSED;

    static BallotPhase of(ListedBallot listed, Instant now) {
        if (listed.closing() || !now.isBefore(listed.ballot().closesAt())) {
            return CLOSED;
        }
        if (listed.unserved() != null || !listed.published()) {
            return PREPARING;
        }
        return now.isBefore(listed.ballot().opensAt()) ? SCHEDULED : OPEN;
    }

    /** Its name among a page's words, and in its markup. */
    String word() {
        return switch (this) {
            case PREPARING -> "preparing";
            case SCHEDULED -> "scheduled";
            case OPEN -> "open";
            case CLOSED -> "closed";
        };
    }
}
