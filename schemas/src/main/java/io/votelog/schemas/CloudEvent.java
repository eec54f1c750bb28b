// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The headers that make a record a CloudEvent in binary content mode (CloudEvents 1.0.2, Kafka protocol binding, section
 * 3.2), so that general tools can route it without decoding it.
 */
public final class CloudEvent {
    private static final Header SPEC_VERSION = header("ce_specversion", "1.0");
    private static final Header CONTENT_TYPE = header("content-type", "application/avro");

    private final Header type;
    private final Header source;

    /**
     * @param eventName the event's simple name
     * @param source which part of Votelog writes it, such as "producer"
     */
    public CloudEvent(String eventName, String source) {
        this.type = header("ce_type", "io.votelog.events." + eventName);
        this.source = header("ce_source", "/votelog/" + source);
    }

    /** The headers of the event with this id: unique among the events of its source. */
    public Headers headers(String id) {
        return new RecordHeaders(new Header[] {SPEC_VERSION, type, source, header("ce_id", id), CONTENT_TYPE});
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
