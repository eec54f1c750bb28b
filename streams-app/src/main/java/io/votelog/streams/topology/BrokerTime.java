// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * Gives Kafka Streams the timestamp that a record has in its topic. A record without one, or with one before 1970, gets 0 (the
 * start of 1970): the extractors that come with Kafka Streams would stop at such a record or skip it.
 */
public final class BrokerTime implements TimestampExtractor {
    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
        return of(record);
    }

    /** The broker's append time of a record, milliseconds since 1970. */
    static long of(ConsumerRecord<?, ?> record) {
        return Math.max(0, record.timestamp());
    }
}
