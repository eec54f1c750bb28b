// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.votelog.streams.topology.EmitPace;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;

/** Kafka clients of which the producer tells how long a commit of its thread takes: from the flush before it to its end. */
class TimedClients extends DefaultKafkaClientSupplier {
    private final EmitPace pace;

    TimedClients(EmitPace pace) {
        this.pace = pace;
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return new Timed(config, pace);
    }

    /** The producer of one thread, by which that thread alone commits. */
    private static final class Timed extends KafkaProducer<byte[], byte[]> {
        private static final long NONE = -1;

        private final EmitPace pace;
        private long begunNs = NONE;

        Timed(Map<String, Object> config, EmitPace pace) {
            super(config, new ByteArraySerializer(), new ByteArraySerializer());
            this.pace = pace;
        }

        @Override
        public void flush() {
            begin();
            super.flush();
        }

        @Override
        public void commitTransaction() {
            begin();
            super.commitTransaction();
            pace.committed(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNs));
            begunNs = NONE;
        }

        @Override
        public void abortTransaction() {
            begunNs = NONE;
            super.abortTransaction();
        }

        private void begin() {
            if (begunNs == NONE) {
                begunNs = System.nanoTime();
            }
        }
    }
}
