// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.count;

/** Who reads the log and writes what comes of it. */
enum Contestant {
    /** Each vote goes out as it came in: what Kafka Streams itself takes. */
    PASS_THROUGH("pass-through", "pass-through topology"),
    /** The count, as delivered. */
    STREAMS_APP("streams-app", "streams-app"),
    /** The same of a log in registry form, written in that form too. */
    REGISTRY("registry", "streams-app, registry form"),
    /** The count in Kafka Streams' DSL. */
    TEXTBOOK("textbook", "textbook topology (DSL)");

    private final String id;
    private final String title;

    Contestant(String id, String title) {
        this.id = id;
        this.title = title;
    }

    /** As the command line, application ids and {@link StreamsPeer} have it. */
    String id() {
        return id;
    }

    /** As the table has it. */
    String title() {
        return title;
    }

    @Override
    public String toString() {
        return id;
    }
}
