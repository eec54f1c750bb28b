// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A row of the comparison. */
enum Row {
    VOTELOG(
            null,
            "Votelog: gateway, broker, streams-app",
            "acknowledged with acks=all by the one broker, which leaves writing to disk to the kernel; counted exactly once"),
    POSTGRES(
            StoreKind.POSTGRES,
            "reactor-netty, PostgreSQL, a transaction a vote",
            "fsync=on, synchronous_commit=on: on disk before the answer, and counted in the same transaction"),
    POSTGRES_BATCHED(
            StoreKind.POSTGRES_BATCHED,
            "reactor-netty, PostgreSQL, a transaction for all votes under way",
            POSTGRES.durability),
    REDIS(
            StoreKind.REDIS,
            "reactor-netty, Redis, a script a vote",
            "appendonly yes, appendfsync everysec: up to a second of acknowledged votes may be lost"),
    REDIS_BATCHED(StoreKind.REDIS_BATCHED, "reactor-netty, Redis, a script for all votes under way", REDIS.durability);

    private final @Nullable StoreKind store;
    private final String what;
    private final String durability;

    Row(@Nullable StoreKind store, String what, String durability) {
        this.store = store;
        this.what = what;
        this.durability = durability;
    }

    /** As the command line has it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The store that keeps the votes; null for Votelog itself. */
    @Nullable
    StoreKind store() {
        return store;
    }

    String what() {
        return what;
    }

    String durability() {
        return durability;
    }
}
