package io.votelog.producer;

import java.time.Instant;

/** What can be done with a ballot at a moment, as its page tells it. */
enum Stage {
    /** Nothing yet: it is being published, or this gateway is not set up for it. */
    PREPARING,
    /** It is published and opens later. */
    SCHEDULED,
    /** Votes are taken. */
    OPEN,
    /** It is over. */
    CLOSED;

    static Stage of(ListedBallot listed, Instant now) {
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
