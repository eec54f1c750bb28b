// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * A record's own timestamp. One that has none, or one from before 1970, is of 1970: Kafka Streams' own extractors stop at such a
 * record or leave it out.
 */
public final class BrokerTime implements TimestampExtractor {
    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
        return Math.max(0, record.timestamp());
    }
}
