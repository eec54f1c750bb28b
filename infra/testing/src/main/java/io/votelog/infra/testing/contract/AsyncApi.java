// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.StringNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * An AsyncAPI 3.0 document with Kafka's bindings, and a check of records against it: a record's event must be one of
 * its topic's, with the key and the headers that are described for that event.
 */
public final class AsyncApi {
    private final JsonNode document;
    private final SchemaCheck schemas;

    private AsyncApi(JsonNode document) {
        this.document = document;
        this.schemas = new SchemaCheck(document);
    }

    /** Reads a document from a file. */
    public static AsyncApi of(Path file) {
        return new AsyncApi(new YAMLMapper().readTree(file.toFile()));
    }

    /**
     * What is wrong with a record; empty when it is as described.
     *
     * @param event the simple name of the record's event; null when its value is raw bytes
     */
    public List<String> faults(ConsumerRecord<byte[], byte[]> record, @Nullable String event) {
        JsonNode messages = document.path("channels")
                .valueStream()
                .filter(channel -> channel.path("address").asString("").equals(record.topic()))
                .map(channel -> channel.path("messages"))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no channel has the address " + record.topic()));
        JsonNode message = schemas.resolved(messages.path(event == null ? "DeadLetter" : event));
        if (message.isMissingNode()) {
            return List.of("%s is not described for %s".formatted(event, record.topic()));
        }
        List<String> faults = new ArrayList<>();
        if (event != null) {
            checkKey(record.key(), message.at("/bindings/kafka/key"), faults);
        }
        checkHeaders(record, message, event, faults);
        return faults.stream()
                .map(fault -> "%s at %s: %s".formatted(event, position(record), fault))
                .toList();
    }

    private void checkKey(byte @Nullable [] key, JsonNode described, List<String> faults) {
        if (described.isMissingNode() || key == null) {
            if (!described.isMissingNode() || key != null) {
                faults.add(key == null ? "it has no key" : "it has a key");
            }
            return;
        }
        JsonNode schema = schemas.resolved(described);
        if (!schema.path("format").asString("").equals("binary")) {
            schemas.faults(StringNode.valueOf(new String(key, UTF_8)), schema)
                    .forEach(fault -> faults.add("key: " + fault));
        } else if (key.length != schema.path("minLength").asInt()
                || key.length != schema.path("maxLength").asInt()) {
            faults.add("its key has %d bytes".formatted(key.length));
        }
    }

    private void checkHeaders(
            ConsumerRecord<byte[], byte[]> record, JsonNode message, @Nullable String event, List<String> faults) {
        Map<String, JsonNode> described = new HashMap<>();
        for (JsonNode headers : headersOf(message)) {
            headers.path("properties").properties().forEach(each -> described.put(each.getKey(), each.getValue()));
            for (JsonNode name : headers.path("required")) {
                if (record.headers().lastHeader(name.stringValue()) == null) {
                    faults.add("the header %s is missing".formatted(name.stringValue()));
                }
            }
        }
        for (Header header : record.headers()) {
            JsonNode schema = described.getOrDefault(header.key(), MissingNode.getInstance());
            String value = new String(header.value(), UTF_8);
            if (schema.isMissingNode()) {
                faults.add("the header %s is not described".formatted(header.key()));
            } else {
                schemas.faults(StringNode.valueOf(value), schema)
                        .forEach(fault -> faults.add("%s: %s".formatted(header.key(), fault)));
            }
            if (header.key().equals("ce_type") && !value.endsWith("." + event)) {
                faults.add("ce_type is " + value);
            }
        }
    }

    /** What a message says of its headers, by itself and by its traits. */
    private List<JsonNode> headersOf(JsonNode message) {
        List<JsonNode> all = new ArrayList<>(List.of(message.path("headers")));
        message.path("traits").forEach(trait -> all.add(schemas.resolved(trait).path("headers")));
        return all;
    }

    private static String position(ConsumerRecord<byte[], byte[]> record) {
        return "%s-%d@%d".formatted(record.topic(), record.partition(), record.offset());
    }
}
