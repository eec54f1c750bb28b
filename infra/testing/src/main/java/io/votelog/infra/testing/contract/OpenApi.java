// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.LongNode;
import tools.jackson.databind.node.StringNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * An OpenAPI 3.1 document, and a check of answers against it. It supports these extensions:
 *
 * <ul>
 * <li>{@code x-answers}: answers beyond single operations. {@code everywhere} has the answers that any request may get,
 * {@code elsewhere} those to requests without a described operation, {@code options} those to OPTIONS; {@code headers}
 * names the headers that any answer may have
 * <li>{@code x-problems}: each problem's code, with its status and its title
 * <li>{@code x-event}: the schema of the data of a stream's events, beside the schema of the stream
 * </ul>
 */
public final class OpenApi {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String PROBLEM = "urn:votelog:problem:";

    private final JsonNode document;
    private final SchemaCheck schemas;
    private final List<Operation> operations = new ArrayList<>();
    private final Set<String> headersOfAnyAnswer = new HashSet<>();

    /**
     * An operation: a path with a method.
     *
     * @param id the operation's id
     * @param method in upper case
     * @param path the template, as {@code /v1/ballots/{ballotId}}
     * @param parameters of the path, the query and headers
     * @param bodyTypes the media types that the request's body may have; empty when it has no body
     * @param statuses the statuses that an answer may have
     */
    public record Operation(
            String id,
            String method,
            String path,
            List<Parameter> parameters,
            List<String> bodyTypes,
            Set<Integer> statuses) {
        private boolean isFor(String asked, String path) {
            boolean same = asked.equals(method) || (asked.equals("HEAD") && method.equals("GET"));
            return same && isAt(path);
        }

        private boolean isAt(String path) {
            return path.matches(Pattern.quote(this.path).replaceAll("\\{[^}]*}", "\\\\E[^/]+\\\\Q"));
        }
    }

    /** A parameter of a request; {@code in} is path, query or header. */
    public record Parameter(String in, String name) {}

    private OpenApi(String yaml) {
        document = new YAMLMapper().readTree(yaml);
        schemas = new SchemaCheck(document);
        document.path("paths").properties().forEach(path -> path.getValue().properties().stream()
                .filter(method -> !method.getKey().equals("parameters"))
                .forEach(method ->
                        operations.add(operation(path.getKey(), path.getValue(), method.getKey(), method.getValue()))));
        document.at("/x-answers/headers")
                .forEach(name -> headersOfAnyAnswer.add(name.stringValue().toLowerCase(Locale.ROOT)));
    }

    /** Reads a document. */
    public static OpenApi of(String yaml) {
        return new OpenApi(yaml);
    }

    /** Reads a document from the class path. */
    public static OpenApi ofResource(String name) {
        try (InputStream in = OpenApi.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("nothing is at " + name);
            }
            return of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Operation operation(String path, JsonNode shared, String method, JsonNode node) {
        List<Parameter> parameters = new ArrayList<>();
        for (JsonNode list : List.of(shared.path("parameters"), node.path("parameters"))) {
            for (JsonNode reference : list) {
                JsonNode parameter = schemas.resolved(reference);
                parameters.add(new Parameter(
                        parameter.path("in").stringValue(),
                        parameter.path("name").stringValue()));
            }
        }
        Set<Integer> statuses = new TreeSet<>();
        node.path("responses").propertyNames().forEach(status -> statuses.add(Integer.valueOf(status)));
        List<String> bodyTypes =
                List.copyOf(node.path("requestBody").path("content").propertyNames());
        return new Operation(
                node.path("operationId").asString(""),
                method.toUpperCase(Locale.ROOT),
                path,
                List.copyOf(parameters),
                bodyTypes,
                statuses);
    }

    /** All described operations. */
    public List<Operation> operations() {
        return List.copyOf(operations);
    }

    /** All described answers, as {@code operationId status}. */
    public Set<String> answers() {
        Set<String> answers = new TreeSet<>();
        operations.forEach(
                operation -> operation.statuses().forEach(status -> answers.add(operation.id() + " " + status)));
        return answers;
    }

    /** The codes of all described problems. */
    public Set<String> problems() {
        return new TreeSet<>(document.path("x-problems").propertyNames());
    }

    /** The status and the title of a problem, as in {@code 404 There is nothing here}. */
    public String problem(String code) {
        JsonNode described = document.path("x-problems").path(code);
        return described.path("status").asInt(0) + " " + described.path("title").asString("");
    }

    /** The operation that a request is for; empty when its path, or that method of it, is not described. */
    public Optional<Operation> operation(String method, String target) {
        List<String> paths = paths(target);
        return operations.stream()
                .filter(operation -> paths.stream().anyMatch(path -> operation.isFor(method, path)))
                .findFirst();
    }

    /** What is wrong with an answer; empty when it is as described. */
    List<String> faults(Exchange exchange) {
        List<String> faults = new ArrayList<>();
        JsonNode response = described(exchange);
        if (response.isMissingNode()) {
            faults.add("this status is not described");
            return faults;
        }
        checkHeaders(exchange, response, faults);
        checkBody(exchange, response, faults);
        return faults;
    }

    /** What is wrong with the document's examples of its schemas; empty when they fit. */
    public List<String> faultsOfExamples() {
        List<String> faults = new ArrayList<>();
        addFaultsOfExamples(document, "", faults);
        return faults;
    }

    private void addFaultsOfExamples(JsonNode node, String at, List<String> faults) {
        for (JsonNode example : node.path("examples")) {
            schemas.faults(example, node).forEach(fault -> faults.add(at + ": " + fault));
        }
        node.properties().forEach(member -> addFaultsOfExamples(member.getValue(), at + "/" + member.getKey(), faults));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            addFaultsOfExamples(node.get(i), at + "/" + i, faults);
        }
    }

    private JsonNode described(Exchange exchange) {
        String status = Integer.toString(exchange.status());
        JsonNode general = document.path("x-answers");
        JsonNode response = operation(exchange.method(), exchange.target())
                .map(operation -> document.path("paths")
                        .path(operation.path())
                        .path(operation.method().toLowerCase(Locale.ROOT))
                        .path("responses"))
                .orElseGet(() -> general.path(exchange.method().equals("OPTIONS") ? "options" : "elsewhere"))
                .path(status);
        return schemas.resolved(
                response.isMissingNode() ? general.path("everywhere").path(status) : response);
    }

    private void checkHeaders(Exchange exchange, JsonNode response, List<String> faults) {
        Set<String> described = new HashSet<>(headersOfAnyAnswer);
        response.path("headers").properties().forEach(entry -> {
            JsonNode header = schemas.resolved(entry.getValue());
            String name = entry.getKey().toLowerCase(Locale.ROOT);
            described.add(name);
            List<String> values = exchange.headers().getOrDefault(name, List.of());
            if (values.isEmpty() && header.path("required").asBoolean(false)) {
                faults.add("the header %s is missing".formatted(entry.getKey()));
            }
            for (String value : values) {
                schemas.faults(parsed(value, schemas.resolved(header.path("schema"))), header.path("schema"))
                        .forEach(fault -> faults.add("%s: %s".formatted(entry.getKey(), fault)));
            }
        });
        exchange.headers().keySet().stream()
                .filter(name -> !described.contains(name))
                .forEach(name -> faults.add("the header %s is not described".formatted(name)));
    }

    private static JsonNode parsed(String value, JsonNode schema) {
        boolean number = schema.path("type").asString("").equals("integer") && value.matches("-?[0-9]{1,18}");
        return number ? LongNode.valueOf(Long.parseLong(value)) : StringNode.valueOf(value);
    }

    private void checkBody(Exchange exchange, JsonNode response, List<String> faults) {
        String text = exchange.text();
        if (exchange.method().equals("HEAD") || text == null) {
            return;
        }
        JsonNode content = response.path("content");
        String type = exchange.mediaType();
        if (content.isEmpty()) {
            if (!text.isEmpty()) {
                faults.add("no body is described");
            }
            return;
        }
        JsonNode media = content.has(type) ? content.path(type) : content.path("*/*");
        if (media.isMissingNode()) {
            faults.add("the media type '%s' is not described".formatted(type));
            return;
        }
        if (type.endsWith("/x-ndjson")) {
            text.lines().forEach(line -> conforms(line, media.path("schema"), faults));
        } else if (type.equals("text/event-stream")) {
            events(text).forEach(data -> conforms(data, media.path("x-event"), faults));
        } else if (type.endsWith("json")) {
            conforms(text, media.path("schema"), faults);
        }
        if (faults.isEmpty()) {
            exchange.problem().ifPresent(code -> checkProblem(code, text, exchange, faults));
        }
    }

    /** Checks a problem's status, title and caching: a cache must not show one client's problem to another. */
    private void checkProblem(String code, String text, Exchange exchange, List<String> faults) {
        String title = JSON.readTree(text).path("title").asString("");
        if (!problem(code).equals(exchange.status() + " " + title)) {
            faults.add("the problem %s is not described with this status and the title '%s'".formatted(code, title));
        }
        if (!exchange.header("cache-control").contains("no-store")) {
            faults.add("a cache may keep the problem");
        }
    }

    /** The code of a problem document. */
    static String code(String problem) {
        return JSON.readTree(problem).path("type").asString("").replace(PROBLEM, "");
    }

    /** The data of each complete event. */
    private static List<String> events(String stream) {
        List<String> whole = List.of(stream.split("\n\n", -1));
        return whole.subList(0, whole.size() - 1).stream()
                .flatMap(event -> event
                        .lines()
                        .filter(line -> line.startsWith("data:"))
                        .map(line -> line.substring("data:".length()))
                        .reduce((one, other) -> one + "\n" + other)
                        .stream())
                .toList();
    }

    private void conforms(String json, JsonNode schema, List<String> faults) {
        @Nullable JsonNode value;
        try {
            value = JSON.readTree(json);
        } catch (JacksonException e) {
            faults.add("the body is no JSON");
            return;
        }
        faults.addAll(schemas.faults(value, schema));
    }

    /**
     * The path of a target as sent, and as read by a server that decodes it and drops the parameters of its segments.
     */
    private static List<String> paths(String target) {
        String sent = target.replaceFirst("[?].*", "").replaceFirst("^[Hh][Tt][Tt][Pp][Ss]?://[^/]*", "");
        String read = sent.replaceAll(";[^/]*", "");
        try {
            return List.of(sent, URLDecoder.decode(read.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException notEncoded) {
            return List.of(sent, read);
        }
    }
}
