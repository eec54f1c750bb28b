// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.operations;

import io.votelog.schemas.Topics;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A transaction on votes that is left open by somebody who may write there; nothing behind its record is counted. */
final class StrangersTransaction implements AutoCloseable {
    private final int partition;
    private final KafkaProducer<byte[], byte[]> stranger;

    /** Begins one in that partition of votes. */
    StrangersTransaction(OperatedSystem system, int partition) throws Exception {
        this.partition = partition;
        Map<String, Object> settings = new HashMap<>(system.administratorSettings());
        settings.put("bootstrap.servers", system.bootstrapServers());
        settings.put("transactional.id", "stranger");
        settings.put("transaction.timeout.ms", 600_000);
        stranger = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        stranger.initTransactions();
        stranger.beginTransaction();
        stranger.send(new ProducerRecord<>(Topics.VOTES.name(), partition, new byte[16], new byte[1]))
                .get();
    }

    /** The partition of votes that it stops. */
    int partition() {
        return partition;
    }

    /** Ends it, and the log lacks its offsets from then on. */
    void abort() {
        stranger.abortTransaction();
    }

    /** Ends it likewise, where nobody has ended it. */
    @Override
    public void close() {
        stranger.close();
    }
}
