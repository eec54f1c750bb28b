// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.pages;

import io.votelog.producer.ballots.ListedBallot;
import io.votelog.web.pages.BallotList;
import java.time.Instant;

/** The phases of a ballot as its page shows them. */
enum BallotPhase {
    /** Votes are not taken yet: the ballot is being published, or this gateway is not set up for it. */
    PREPARING,
    /** The ballot is published and opens later. */
    SCHEDULED,
    /** Votes are taken. */
    OPEN,
    /** The ballot is over. */
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

    /** The phase as lists of ballots show it. */
    BallotList.Stage stage() {
        return switch (this) {
            case PREPARING, SCHEDULED -> BallotList.Stage.COMING;
            case OPEN -> BallotList.Stage.OPEN;
            case CLOSED -> BallotList.Stage.OVER;
        };
    }

    /** The phase's name among a page's words, and in its markup. */
    String word() {
        return switch (this) {
            case PREPARING -> "preparing";
            case SCHEDULED -> "scheduled";
            case OPEN -> "open";
            case CLOSED -> "closed";
        };
    }
}
