// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.peers;

import java.util.Locale;

/** A store that a peer keeps its votes in. */
enum StoreKind {
    /** With two cores, more than two transactions at a time only make smaller batches. */
    POSTGRES(2) {
        @Override
        VoteStore connect(int port, int writer, int options) {
            return new PostgresVotes(port, writer, writers(), options);
        }
    },
    /** While Redis runs one script, the next one is put together. */
    REDIS(2) {
        @Override
        VoteStore connect(int port, int writer, int options) {
            return new RedisVotes(port, options);
        }
    };

    private final int writers;

    StoreKind(int writers) {
        this.writers = writers;
    }

    /** As people and files have it. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Connections over which votes are written. */
    int writers() {
        return writers;
    }

    /**
     * Opens one of these connections.
     *
     * @param port on 127.0.0.1
     * @param writer which one, from 0 on
     * @param options of the ballot
     */
    abstract VoteStore connect(int port, int writer, int options);
}
