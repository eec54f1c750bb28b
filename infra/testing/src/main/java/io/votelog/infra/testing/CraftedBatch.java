// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.DefaultRecordBatch;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * A compressed batch that no honest producer makes: small on the wire, large when it is unpacked. It is compressed
 * while it is written, so making it needs little memory. It is sent without Kafka's producer, which would refuse it.
 */
public final class CraftedBatch {
    /** The last version of the produce request that identifies topics by name. */
    private static final short PRODUCE_VERSION = 12;

    private static final Duration AGAIN = Duration.ofMinutes(1);
    private static final Duration BETWEEN = Duration.ofMillis(200);
    private static final int TIMEOUT_MS = 60_000;
    private static final byte NO_LENGTH = 1;
    private static final byte[] ZEROS = new byte[1 << 16];

    private final ByteBuffer batch;

    private CraftedBatch(ByteBuffer batch) {
        this.batch = batch;
    }

    /** A batch with one record, without a key, whose value is this many zero bytes. */
    public static CraftedBatch ofZeros(CompressionType compression, int bytes) {
        return of(compression, 1, out -> {
            out.write(head(bytes));
            for (int left = bytes; left > 0; left -= ZEROS.length) {
                out.write(ZEROS, 0, Math.min(left, ZEROS.length));
            }
            out.write(0);
        });
    }

    /** A batch of this many records of seven bytes, without key and value. */
    public static CraftedBatch ofTinyRecords(CompressionType compression, int count) {
        // Length 6: attributes, timestamp, offset, no key, no value, no headers.
        byte[] tiny = {12, 0, 0, 0, NO_LENGTH, NO_LENGTH, 0};
        int many = 8_192;
        ByteBuffer block = ByteBuffer.allocate(tiny.length * many);
        while (block.hasRemaining()) {
            block.put(tiny);
        }
        return of(compression, count, out -> {
            for (int left = count; left > 0; left -= many) {
                out.write(block.array(), 0, tiny.length * Math.min(left, many));
            }
        });
    }

    /** A batch with one record that claims a value of this many bytes, and ends before the value. */
    public static CraftedBatch claiming(CompressionType compression, int bytes) {
        return of(compression, 1, out -> out.write(head(bytes)));
    }

    /** The compressed size in bytes. */
    public int sizeInBytes() {
        return batch.remaining();
    }

    /**
     * Sends the batch to a broker, to be appended to a partition; again for at most a minute while the broker says that it may be asked again,
     * as one does that has stood still and is not the leader of its partitions for a moment.
     *
     * @param bootstrapServers {@code host:port} of the partition's leader
     * @return the broker's answer
     * @throws UncheckedIOException when the broker does not answer, for example because it died
     */
    public Errors sendTo(String bootstrapServers, String topic, int partition) {
        long endNs = System.nanoTime() + AGAIN.toNanos();
        while (true) {
            Errors answer = sendOnce(bootstrapServers, topic, partition);
            if (!(answer.exception() instanceof RetriableException) || System.nanoTime() - endNs > 0) {
                return answer;
            }
            LockSupport.parkNanos(BETWEEN.toNanos());
        }
    }

    private Errors sendOnce(String bootstrapServers, String topic, int partition) {
        int colon = bootstrapServers.lastIndexOf(':');
        String host = bootstrapServers.substring(bootstrapServers.lastIndexOf('/') + 1, colon);
        int port = Integer.parseInt(bootstrapServers.substring(colon + 1));
        ProduceRequest request = ProduceRequest.builder(new ProduceRequestData()
                        .setAcks((short) -1)
                        .setTimeoutMs(TIMEOUT_MS)
                        .setTopicData(new TopicProduceDataCollection(List.of(new TopicProduceData()
                                        .setName(topic)
                                        .setPartitionData(List.of(new PartitionProduceData()
                                                .setIndex(partition)
                                                .setRecords(MemoryRecords.readableRecords(batch.duplicate())))))
                                .iterator())))
                .build(PRODUCE_VERSION);
        RequestHeader header = new RequestHeader(ApiKeys.PRODUCE, PRODUCE_VERSION, "crafted", 1);
        ByteBuffer bytes = request.serializeWithHeader(header);
        try (Socket socket = new Socket(host, port)) {
            socket.setSoTimeout(TIMEOUT_MS);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(bytes.remaining());
            out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readInt()];
            in.readFully(answer);
            ProduceResponse response =
                    (ProduceResponse) AbstractResponse.parseResponse(ByteBuffer.wrap(answer), header);
            return Errors.forCode(response.data()
                    .responses()
                    .iterator()
                    .next()
                    .partitionResponses()
                    .get(0)
                    .errorCode());
        } catch (IOException e) {
            throw new UncheckedIOException("broker " + bootstrapServers + " does not answer", e);
        }
    }

    /** Writes uncompressed records. */
    private interface Records {
        void writeTo(OutputStream out) throws IOException;
    }

    private static CraftedBatch of(CompressionType compression, int count, Records records) {
        ByteBufferOutputStream buffer = new ByteBufferOutputStream(1 << 20);
        buffer.position(DefaultRecordBatch.RECORD_BATCH_OVERHEAD);
        try (OutputStream out = Compression.of(compression).build().wrapForOutput(buffer, RecordBatch.MAGIC_VALUE_V2)) {
            records.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ByteBuffer batch = buffer.buffer();
        batch.flip();
        DefaultRecordBatch.writeHeader(
                batch,
                0,
                count - 1,
                batch.limit(),
                RecordBatch.MAGIC_VALUE_V2,
                compression,
                TimestampType.CREATE_TIME,
                0,
                0,
                RecordBatch.NO_PRODUCER_ID,
                RecordBatch.NO_PRODUCER_EPOCH,
                RecordBatch.NO_SEQUENCE,
                false,
                false,
                false,
                RecordBatch.NO_PARTITION_LEADER_EPOCH,
                count);
        batch.position(0);
        return new CraftedBatch(batch);
    }

    /** A record up to its value: length, attributes, timestamp, offset, no key, the value's length. */
    private static byte[] head(int valueBytes) {
        ByteBuffer head = ByteBuffer.allocate(16);
        int body = 4 + ByteUtils.sizeOfVarint(valueBytes) + valueBytes + 1;
        ByteUtils.writeVarint(body, head);
        head.put((byte) 0).put((byte) 0).put((byte) 0).put(NO_LENGTH);
        ByteUtils.writeVarint(valueBytes, head);
        byte[] bytes = new byte[head.position()];
        head.flip().get(bytes);
        return bytes;
    }
}
