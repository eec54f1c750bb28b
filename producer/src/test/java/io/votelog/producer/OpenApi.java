package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The description of the routes, and whether an answer keeps to it. Of JSON Schema it knows the keywords that the description uses,
 * and fails at any other, so that none is passed over.
 */
final class OpenApi {
    /** Answers that any request may get, wherever it goes, since it never gets there. */
    static final Set<Integer> OF_ANY_REQUEST = Set.of(400, 414, 421, 431);

    private static final Set<String> KEYWORDS = Set.of(
            "type",
            "required",
            "properties",
            "additionalProperties",
            "items",
            "minItems",
            "maxItems",
            "enum",
            "const",
            "pattern",
            "format",
            "minimum",
            "minLength",
            "maxLength",
            "oneOf",
            "allOf",
            "description",
            "examples",
            "$ref",
            "default");

    private final JsonNode document;

    OpenApi(String yaml) {
        document = new YAMLMapper().readTree(yaml);
    }

    static OpenApi ofTheProducer() {
        try (InputStream in = OpenApi.class.getResourceAsStream("/openapi/producer.yaml")) {
            return new OpenApi(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Every path with its method, as {@code POST /v1/ballots/{ballotId}/votes}. */
    Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        document.path("paths").properties().forEach(path -> path.getValue().properties().stream()
                .filter(method -> !method.getKey().equals("parameters"))
                .forEach(method -> operations.add(method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey())));
        return operations;
    }

    /** The statuses that an operation may answer with. */
    Set<Integer> statuses(String operation) {
        Set<Integer> statuses = new TreeSet<>();
        operation(operation).path("responses").propertyNames().forEach(status -> statuses.add(Integer.valueOf(status)));
        return statuses;
    }

    /** The operation that a request is for; empty when no path, or not that method of it, is described. */
    Optional<String> operation(String method, String path) {
        return operations().stream()
                .filter(operation -> {
                    String template = operation.substring(operation.indexOf(' ') + 1);
                    String pattern = Pattern.quote(template).replace("{ballotId}", "\\E[^/]+\\Q");
                    return operation.startsWith(method + " ") && path.matches(pattern);
                })
                .findFirst();
    }

    /** Fails when the description does not let the operation answer like this. */
    void check(String method, String path, int status, @Nullable String contentType, String body) {
        Optional<String> operation = operation(method, path);
        boolean ofAny = OF_ANY_REQUEST.contains(status);
        if (operation.isEmpty()) {
            if (!body.isEmpty()
                    && status >= 400
                    && contentType != null
                    && contentType.startsWith("application/problem")) {
                conforms(body, schema("Problem"));
            }
            return;
        }
        String what = operation.get() + " answered " + status + " " + body;
        assertThat(ofAny || statuses(operation.get()).contains(status)).as(what).isTrue();
        JsonNode response =
                resolved(operation(operation.get()).path("responses").path(Integer.toString(status)));
        if (response.isMissingNode()) {
            conforms(body, schema("Problem"));
            return;
        }
        JsonNode content = response.path("content");
        if (content.isMissingNode() || method.equals("HEAD")) {
            return;
        }
        String type = contentType == null ? "" : contentType.replaceAll(";.*", "");
        assertThat(content.propertyNames()).as(what).contains(type);
        JsonNode schema = content.path(type).path("schema");
        if (type.equals("application/x-ndjson")) {
            body.lines().forEach(line -> conforms(line, schema));
        } else if (type.endsWith("json")) {
            conforms(body, schema);
        }
    }

    private void conforms(String json, JsonNode schema) {
        List<String> faults = new ArrayList<>();
        check(Gateway.JSON.readTree(json), schema, "$", faults);
        assertThat(faults).as(json.substring(0, Math.min(1_000, json.length()))).isEmpty();
    }

    JsonNode schema(String name) {
        return document.path("components").path("schemas").path(name);
    }

    private JsonNode operation(String operation) {
        int space = operation.indexOf(' ');
        return document.path("paths")
                .path(operation.substring(space + 1))
                .path(operation.substring(0, space).toLowerCase(Locale.ROOT));
    }

    private JsonNode resolved(JsonNode node) {
        JsonNode reference = node.path("$ref");
        return reference.isString()
                ? resolved(document.at(reference.stringValue().substring(1)))
                : node;
    }

    private void check(JsonNode value, JsonNode unresolved, String at, List<String> faults) {
        JsonNode schema = resolved(unresolved);
        assertThat(schema.isObject()).as("a schema for " + at).isTrue();
        assertThat(KEYWORDS).as("keywords of the schema for " + at).containsAll(schema.propertyNames());
        JsonNode type = schema.path("type");
        if (type.isString() && !is(value, type.stringValue())) {
            faults.add(at + " is no " + type.stringValue());
            return;
        }
        for (JsonNode name : schema.path("required")) {
            if (!value.has(name.stringValue())) {
                faults.add(at + " has no " + name.stringValue());
            }
        }
        for (Map.Entry<String, JsonNode> property : value.properties()) {
            JsonNode known = schema.path("properties").path(property.getKey());
            JsonNode others = schema.path("additionalProperties");
            String place = at + "." + property.getKey();
            if (!known.isMissingNode()) {
                check(property.getValue(), known, place, faults);
            } else if (others.isBoolean() && !others.booleanValue()) {
                faults.add(place + " is not described");
            } else if (others.isObject()) {
                check(property.getValue(), others, place, faults);
            }
        }
        for (int i = 0; value.isArray() && schema.has("items") && i < value.size(); i++) {
            check(value.get(i), schema.path("items"), at + "[" + i + "]", faults);
        }
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
                faults.add(at + " fits " + fitting + " of the forms");
            }
        }
        checkValue(value, schema, at, faults);
    }

    private static void checkValue(JsonNode value, JsonNode schema, String at, List<String> faults) {
        if (schema.has("const") && !schema.path("const").equals(value)) {
            faults.add(at + " is not " + schema.path("const"));
        }
        if (schema.has("enum") && schema.path("enum").valueStream().noneMatch(value::equals)) {
            faults.add(at + " is none of " + schema.path("enum"));
        }
        if (value.isNumber()
                && schema.has("minimum")
                && value.longValue() < schema.path("minimum").longValue()) {
            faults.add(at + " is below " + schema.path("minimum"));
        }
        if (value.isArray()
                && (value.size() < schema.path("minItems").asInt(0)
                        || value.size() > schema.path("maxItems").asInt(Integer.MAX_VALUE))) {
            faults.add(at + " has " + value.size() + " items");
        }
        if (!value.isString()) {
            return;
        }
        String text = value.stringValue();
        int length = text.codePointCount(0, text.length());
        if (length < schema.path("minLength").asInt(0)
                || length > schema.path("maxLength").asInt(Integer.MAX_VALUE)) {
            faults.add(at + " has " + length + " characters");
        }
        if (schema.has("pattern")
                && !Pattern.compile(schema.path("pattern").stringValue())
                        .matcher(text)
                        .find()) {
            faults.add(at + " is not like " + schema.path("pattern"));
        }
        String format = schema.path("format").asString("");
        try {
            switch (format) {
                case "", "int64" -> {}
                case "uuid" -> UUID.fromString(text);
                case "uri" -> URI.create(text);
                case "date-time" -> Instant.parse(text);
                default -> throw new AssertionError("format " + format + " at " + at);
            }
        } catch (IllegalArgumentException | DateTimeParseException e) {
            faults.add(at + " is no " + format);
        }
    }

    private static boolean is(JsonNode value, String type) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isString();
            case "integer" -> value.isIntegralNumber();
            case "boolean" -> value.isBoolean();
            default -> throw new AssertionError("type " + type);
        };
    }
}
