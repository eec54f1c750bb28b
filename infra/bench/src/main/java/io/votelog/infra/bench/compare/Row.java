// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.compare;

/** A row of the comparison. */
enum Row {
    CEILING("reactor-netty, 202 without work"),
    HS256("gateway, HS256"),
    UNPROMISED("gateway, HS256, answers without promises"),
    TRACED("gateway, HS256, one vote in a hundred traced"),
    REGISTRY("gateway, HS256, votes in registry form"),
    RS256("gateway, RS256"),
    ES256("gateway, ES256"),
    MVC("annotated Spring MVC, KafkaTemplate, HS256"),
    P99("gateway, HS256, open loop at half its maximum"),
    FLUSHED("gateway, HS256, votes synced before they are acknowledged"),
    FLUSHED_P99("the same, open loop at half its maximum"),
    BATCH("gateway, votes:batch"),
    PERF("kafka-producer-perf-test, acks=all, same record size");

    private final String what;

    Row(String what) {
        this.what = what;
    }

    String what() {
        return what;
    }
}
