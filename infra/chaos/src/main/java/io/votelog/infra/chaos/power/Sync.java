// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.power;

/** What brokers sync before they acknowledge it. */
enum Sync {
    NOTHING("nothing is synced before it is acknowledged"),
    /** {@code votelog.topics.flush}. */
    VOTES("votes, ballots and seals are synced before they are acknowledged"),
    /** Kafka's {@code log.flush.interval.messages} of 1, which is for its own topics too. */
    ALL("everything is synced before it is acknowledged");

    private final String what;

    Sync(String what) {
        this.what = what;
    }

    String what() {
        return what;
    }
}
