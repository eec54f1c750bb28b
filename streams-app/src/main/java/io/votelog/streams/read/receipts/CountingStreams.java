// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;

/** Gives access to the Kafka Streams of this process that decides, counts and keeps the voters. */
@FunctionalInterface
public interface CountingStreams {
    /** The Kafka Streams that runs now; null before the start, after the stop, and while it is restarted. */
    @Nullable
    KafkaStreams current();
}
