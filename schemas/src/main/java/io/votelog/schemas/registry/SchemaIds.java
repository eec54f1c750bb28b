// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.registry;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * The ids that a schema registry has for the schemas that a program writes, by topic; or none, and then events are written in single-object
 * encoding. They are asked for once, at the start, see {@link SchemaRegistry}. Safe for use by many threads.
 */
public final class SchemaIds {
    private static final SchemaIds NONE = new SchemaIds(Map.of());

    private final Map<String, Map<Long, Mark>> topics;

    /** What stands in front of a body, and beside it, in the registry form. */
    private record Mark(byte[] prefix, Header header) {}

    private SchemaIds(Map<String, Map<Long, Mark>> topics) {
        this.topics = topics;
    }

    /** No ids: events are written in single-object encoding. */
    public static SchemaIds none() {
        return NONE;
    }

    /** @param ids by the name of a topic and the fingerprint of a schema that is written there */
    public static SchemaIds of(Map<String, Map<Long, Integer>> ids) {
        Map<String, Map<Long, Mark>> topics = new HashMap<>();
        ids.forEach((topic, ofTopic) -> {
            Map<Long, Mark> marks = new HashMap<>();
            ofTopic.forEach((fingerprint, id) -> marks.put(fingerprint, mark(fingerprint, id)));
            topics.put(topic, Map.copyOf(marks));
        });
        return new SchemaIds(Map.copyOf(topics));
    }

    private static Mark mark(long fingerprint, int id) {
        return new Mark(
                ByteBuffer.allocate(RegistryForm.PREFIX)
                        .put(RegistryForm.MAGIC)
                        .putInt(id)
                        .array(),
                new RecordHeader(
                        RegistryForm.HEADER,
                        ByteBuffer.allocate(RegistryForm.FINGERPRINT)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(fingerprint)
                                .array()));
    }

    /**
     * Writes events that are given in single-object encoding: in registry form, with its header, where there are ids; else as they are.
     * An event for which no id was asked is a {@link SerializationException}, so that a record of a topic is never in the form that
     * its readers do not expect.
     */
    public Serializer<byte[]> serializer() {
        return this == NONE ? new ByteArraySerializer() : new Writing();
    }

    private final class Writing implements Serializer<byte[]> {
        /** Kafka's clients call the other method, with the record's headers. */
        @Override
        public byte @Nullable [] serialize(String topic, byte @Nullable [] event) {
            throw new SerializationException("an event in registry form needs its record's headers");
        }

        @Override
        public byte @Nullable [] serialize(String topic, Headers headers, byte @Nullable [] event) {
            if (event == null) {
                return null;
            }
            Mark mark =
                    isSingleObject(event) ? topics.getOrDefault(topic, Map.of()).get(fingerprint(event)) : null;
            if (mark == null) {
                throw new SerializationException("no id is known for what is to be written to " + topic);
            }
            headers.remove(RegistryForm.HEADER).add(mark.header());
            byte[] value = new byte[event.length - RegistryForm.SINGLE_OBJECT_PREFIX + RegistryForm.PREFIX];
            System.arraycopy(mark.prefix(), 0, value, 0, RegistryForm.PREFIX);
            System.arraycopy(
                    event,
                    RegistryForm.SINGLE_OBJECT_PREFIX,
                    value,
                    RegistryForm.PREFIX,
                    event.length - RegistryForm.SINGLE_OBJECT_PREFIX);
            return value;
        }

        private boolean isSingleObject(byte[] event) {
            return event.length >= RegistryForm.SINGLE_OBJECT_PREFIX
                    && event[0] == RegistryForm.SINGLE_OBJECT_0
                    && event[1] == RegistryForm.SINGLE_OBJECT_1;
        }

        private long fingerprint(byte[] event) {
            return ByteBuffer.wrap(event).order(ByteOrder.LITTLE_ENDIAN).getLong(2);
        }
    }
}
