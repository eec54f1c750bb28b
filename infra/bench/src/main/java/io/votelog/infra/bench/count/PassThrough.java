// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.count;

import io.votelog.schemas.Topics;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;

/** Each vote goes out as it came in: what Kafka Streams itself takes. */
final class PassThrough {
    static final String OUT = "bench.pass-through";

    private PassThrough() {}

    static Topology topology() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Topics.VOTES.name()).to(OUT);
        return builder.build();
    }
}
