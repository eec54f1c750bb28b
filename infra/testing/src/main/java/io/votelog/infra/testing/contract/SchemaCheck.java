// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing.contract;

import java.net.URI;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * Checks values against the schemas of one document. It supports the keywords of JSON Schema that the documents use,
 * and fails at any other keyword, so that none is ignored.
 */
final class SchemaCheck {
    private static final Set<String> KEYWORDS = Set.of(
            "type",
            "required",
            "properties",
            "additionalProperties",
            "propertyNames",
            "minProperties",
            "items",
            "minItems",
            "maxItems",
            "enum",
            "const",
            "pattern",
            "format",
            "minimum",
            "maximum",
            "multipleOf",
            "minLength",
            "maxLength",
            "oneOf",
            "allOf",
            "description",
            "examples",
            "$ref",
            "default");

    private final JsonNode document;

    SchemaCheck(JsonNode document) {
        this.document = document;
    }

    /** The node that a reference points to; the node itself when it is no reference. */
    JsonNode resolved(JsonNode node) {
        JsonNode reference = node.path("$ref");
        return reference.isString()
                ? resolved(document.at(reference.stringValue().substring(1)))
                : node;
    }

    /** What is wrong with a value, each fault with its place; empty when the value fits. */
    List<String> faults(JsonNode value, JsonNode schema) {
        List<String> faults = new ArrayList<>();
        check(value, schema, "$", faults);
        return faults;
    }

    private void check(JsonNode value, JsonNode unresolved, String at, List<String> faults) {
        JsonNode schema = resolved(unresolved);
        if (!schema.isObject()) {
            throw new IllegalStateException("no schema for " + at);
        }
        schema.propertyNames().forEach(keyword -> {
            if (!KEYWORDS.contains(keyword)) {
                throw new IllegalStateException("the keyword %s of the schema for %s".formatted(keyword, at));
            }
        });
        JsonNode type = schema.path("type");
        if (type.isString() && !is(value, type.stringValue())) {
            faults.add("%s is no %s".formatted(at, type.stringValue()));
            return;
        }
        checkObject(value, schema, at, faults);
        checkArray(value, schema, at, faults);
        for (JsonNode part : schema.path("allOf")) {
            check(value, part, at, faults);
        }
        if (schema.has("oneOf")) {
            long fitting = schema.path("oneOf")
                    .valueStream()
                    .filter(part -> {
                        List<String> why = new ArrayList<>();
                        check(value, part, at, why);
                        return why.isEmpty();
                    })
                    .count();
            if (fitting != 1) {
                faults.add("%s fits %d of the forms".formatted(at, fitting));
            }
        }
        if (schema.has("const") && !schema.path("const").equals(value)) {
            faults.add("%s is not %s".formatted(at, schema.path("const")));
        }
        if (schema.has("enum") && schema.path("enum").valueStream().noneMatch(value::equals)) {
            faults.add("%s is none of %s".formatted(at, schema.path("enum")));
        }
        checkNumber(value, schema, at, faults);
        checkText(value, schema, at, faults);
    }

    private void checkObject(JsonNode value, JsonNode schema, String at, List<String> faults) {
        if (!value.isObject()) {
            return;
        }
        for (JsonNode name : schema.path("required")) {
            if (!value.has(name.stringValue())) {
                faults.add("%s has no %s".formatted(at, name.stringValue()));
            }
        }
        if (value.size() < schema.path("minProperties").asInt(0)) {
            faults.add("%s has %d members".formatted(at, value.size()));
        }
        JsonNode others = schema.path("additionalProperties");
        for (Map.Entry<String, JsonNode> property : value.properties()) {
            String place = at + "." + property.getKey();
            JsonNode known = schema.path("properties").path(property.getKey());
            if (schema.has("propertyNames")) {
                check(StringNode.valueOf(property.getKey()), schema.path("propertyNames"), place, faults);
            }
            if (!known.isMissingNode()) {
                check(property.getValue(), known, place, faults);
            } else if (others.isBoolean() && !others.booleanValue()) {
                faults.add(place + " is not described");
            } else if (others.isObject()) {
                check(property.getValue(), others, place, faults);
            }
        }
    }

    private void checkArray(JsonNode value, JsonNode schema, String at, List<String> faults) {
        if (!value.isArray()) {
            return;
        }
        if (value.size() < schema.path("minItems").asInt(0)
                || value.size() > schema.path("maxItems").asInt(Integer.MAX_VALUE)) {
            faults.add("%s has %d items".formatted(at, value.size()));
        }
        for (int i = 0; schema.has("items") && i < value.size(); i++) {
            check(value.get(i), schema.path("items"), "%s[%d]".formatted(at, i), faults);
        }
    }

    private static void checkNumber(JsonNode value, JsonNode schema, String at, List<String> faults) {
        if (!value.isIntegralNumber()) {
            return;
        }
        long number = value.longValue();
        if (number < schema.path("minimum").asLong(Long.MIN_VALUE)
                || number > schema.path("maximum").asLong(Long.MAX_VALUE)
                || number % schema.path("multipleOf").asLong(1) != 0) {
            faults.add("%s is %d".formatted(at, number));
        }
    }

    private static void checkText(JsonNode value, JsonNode schema, String at, List<String> faults) {
        if (!value.isString()) {
            return;
        }
        String text = value.stringValue();
        int length = text.codePointCount(0, text.length());
        if (length < schema.path("minLength").asInt(0)
                || length > schema.path("maxLength").asInt(Integer.MAX_VALUE)) {
            faults.add("%s has %d characters".formatted(at, length));
        }
        if (schema.has("pattern")
                && !Pattern.compile(schema.path("pattern").stringValue())
                        .matcher(text)
                        .find()) {
            faults.add("%s is not like %s".formatted(at, schema.path("pattern")));
        }
        String format = schema.path("format").asString("");
        try {
            switch (format) {
                case "", "int64" -> {}
                case "uuid" -> UUID.fromString(text);
                case "uri", "uri-reference" -> URI.create(text);
                case "date-time" -> Instant.parse(text);
                default -> throw new IllegalStateException("the format %s at %s".formatted(format, at));
            }
        } catch (IllegalArgumentException | DateTimeParseException e) {
            faults.add("%s is no %s".formatted(at, format));
        }
    }

    private static boolean is(JsonNode value, String type) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isString();
            case "integer" -> value.isIntegralNumber();
            case "boolean" -> value.isBoolean();
            default -> throw new IllegalStateException("the type " + type);
        };
    }
}
