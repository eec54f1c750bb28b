// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import java.util.Locale;

/** A store that a peer keeps its votes in. */
enum StoreKind {
    /** A transaction a vote, over a pool of connections. */
    POSTGRES(Server.POSTGRES, 16, 1) {
        @Override
        VoteStore connect(int port, int writer, int options) {
            return new PostgresVotes(port, writer, writers(), options);
        }
    },
    /** A transaction for all votes under way. With two cores, more than two at a time only make smaller batches. */
    POSTGRES_BATCHED(Server.POSTGRES, 2, 1024) {
        @Override
        VoteStore connect(int port, int writer, int options) {
            return new PostgresVotes(port, writer, writers(), options);
        }
    },
    /** A script a vote, of which the next is sent before the last is answered. */
    REDIS(Server.REDIS, 1, 1) {
        @Override
        VoteStore connect(int port, int writer, int options) {
            return new RedisVotes(port, options, false);
        }
    },
    /** A script for all votes under way. While Redis runs one, the next is put together. */
    REDIS_BATCHED(Server.REDIS, 2, 1024) {
        @Override
        VoteStore connect(int port, int writer, int options) {
            return new RedisVotes(port, options, true);
        }
    };

    /** The program that keeps the votes. */
    enum Server {
        POSTGRES,
        REDIS
    }

    private final Server server;
    private final int writers;
    private final int most;

    StoreKind(Server server, int writers, int most) {
        this.server = server;
        this.writers = writers;
        this.most = most;
    }

    /** As people and files have it. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Server server() {
        return server;
    }

    /**
     * Looks for its server's program.
     *
     * @throws io.votelog.infra.bench.workspace.BenchException where it is not installed
     */
    void requireProgram() {
        switch (server) {
            case POSTGRES -> StorePrograms.postgres();
            case REDIS -> StorePrograms.redis();
        }
    }

    /** Connections over which votes are written. */
    int writers() {
        return writers;
    }

    /** The most votes that go in at once. */
    int most() {
        return most;
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
