// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.registry;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * The registry form of an event: a zero, four bytes with the id that a schema registry has for the writer's schema (big-endian), the binary
 * body, and beside them, in the record's header {@value #HEADER}, the schema's CRC-64-AVRO fingerprint in eight bytes, little-endian as in
 * Avro's single-object encoding. The id is for others: what the event is follows from the header and the body, whatever the registry says
 * and whether it is there or not (law 4).
 *
 * <p>A value in this form is read as the event in single-object encoding that has the same fingerprint and the same body. Signatures,
 * promises, sealed leaves and hashes are made over that encoding, in whichever form a record stands. A value that begins with a zero and lacks
 * the header, or has it twice or with another length, is no event.
 */
public final class RegistryForm {
    /** The header's name. */
    public static final String HEADER = "votelog-schema";

    /** What a value in this form begins with. */
    static final byte MAGIC = 0;

    /** Bytes of the zero and the id. */
    static final int PREFIX = 1 + Integer.BYTES;

    static final int FINGERPRINT = Long.BYTES;
    static final byte SINGLE_OBJECT_0 = (byte) 0xC3;
    static final byte SINGLE_OBJECT_1 = 0x01;

    /** Bytes of a single-object encoding in front of the body. */
    static final int SINGLE_OBJECT_PREFIX = 2 + FINGERPRINT;

    private RegistryForm() {}

    /** The single-object encoding of a value in registry form; any other value as it is. */
    public static byte @Nullable [] toSingleObject(byte @Nullable [] value, Headers headers) {
        if (value == null || value.length < PREFIX || value[0] != MAGIC) {
            return value;
        }
        byte @Nullable [] fingerprint = fingerprint(headers);
        if (fingerprint == null) {
            return value;
        }
        byte[] event = new byte[value.length - PREFIX + SINGLE_OBJECT_PREFIX];
        event[0] = SINGLE_OBJECT_0;
        event[1] = SINGLE_OBJECT_1;
        System.arraycopy(fingerprint, 0, event, 2, FINGERPRINT);
        System.arraycopy(value, PREFIX, event, SINGLE_OBJECT_PREFIX, value.length - PREFIX);
        return event;
    }

    /** The record with its value in single-object encoding; the record itself where it is not in registry form. */
    public static ConsumerRecord<byte[], byte[]> toSingleObject(ConsumerRecord<byte[], byte[]> record) {
        byte[] stands = record.value();
        byte[] event = toSingleObject(stands, record.headers());
        return event == stands
                ? record
                : new ConsumerRecord<>(
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        record.timestamp(),
                        record.timestampType(),
                        record.serializedKeySize(),
                        record.serializedValueSize(),
                        record.key(),
                        event,
                        record.headers(),
                        record.leaderEpoch(),
                        record.deliveryCount());
    }

    /** The header by which a value in registry form is read; empty for any other value. Who keeps such a value elsewhere keeps it beside it. */
    public static Optional<Header> headerOf(byte @Nullable [] value, Headers headers) {
        return toSingleObject(value, headers) == value ? Optional.empty() : Optional.of(headers.lastHeader(HEADER));
    }

    /** Reads values in both forms, as {@link #toSingleObject(byte[], Headers)}. */
    public static Deserializer<byte[]> deserializer() {
        return new Turning();
    }

    private static byte @Nullable [] fingerprint(Headers headers) {
        byte @Nullable [] found = null;
        boolean there = false;
        for (Header header : headers.headers(HEADER)) {
            if (there) {
                return null;
            }
            there = true;
            found = header.value();
        }
        return found != null && found.length == FINGERPRINT ? found : null;
    }

    private static final class Turning implements Deserializer<byte[]> {
        /** Kafka's clients call the other method. This one is asked for a value without its record, which is as it stands then. */
        @Override
        public byte @Nullable [] deserialize(String topic, byte @Nullable [] data) {
            return data;
        }

        @Override
        public byte @Nullable [] deserialize(String topic, Headers headers, byte @Nullable [] data) {
            return toSingleObject(data, headers);
        }
    }
}
