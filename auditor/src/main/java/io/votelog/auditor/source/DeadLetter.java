// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import io.votelog.schemas.DeadLetters;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter, as its headers describe it.
 *
 * @param partition of votes in which the record stands, -1 where the headers do not name it
 * @param offset at which the record stands, -1 where the headers do not name it
 * @param cause why the record is no vote event, empty where the headers do not name it
 */
public record DeadLetter(int partition, long offset, String cause) {
    /** Reads the headers of a record of the dead letters; never fails, whatever stands in them. */
    public static DeadLetter of(ConsumerRecord<byte[], byte[]> record) {
        return new DeadLetter(
                (int) number(record, DeadLetters.PARTITION),
                number(record, DeadLetters.OFFSET),
                text(record, DeadLetters.CAUSE));
    }

    private static long number(ConsumerRecord<byte[], byte[]> record, String name) {
        String text = text(record, name);
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
    }

    private static String text(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        byte @Nullable [] value = header == null ? null : header.value();
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }
}
