// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;

/** Where the Kafka Streams is found that decides and counts in this process, and keeps the voters. */
@FunctionalInterface
public interface CountingStreams {
    /** The one of now; none before the start, behind the end, and while it is started anew. */
    @Nullable
    KafkaStreams current();
}
