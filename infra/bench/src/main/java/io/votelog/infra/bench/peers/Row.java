// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.peers;

/** A row of the comparison. */
enum Row {
    VOTELOG(
            "Votelog: gateway, broker, streams-app",
            "acknowledged with acks=all by the one broker, which leaves writing to disk to the kernel; counted exactly once"),
    POSTGRES(
            "reactor-netty, PostgreSQL",
            "fsync=on, synchronous_commit=on: on disk before the answer, and counted in the same transaction"),
    REDIS(
            "reactor-netty, Redis",
            "appendonly yes, appendfsync everysec: up to a second of acknowledged votes may be lost");

    private final String what;
    private final String durability;

    Row(String what, String durability) {
        this.what = what;
        this.durability = durability;
    }

    String what() {
        return what;
    }

    String durability() {
        return durability;
    }
}
