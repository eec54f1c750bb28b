// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A running Prometheus, asked by its HTTP API. Each question fails with an {@link AssertionError} where it is refused. */
public final class PrometheusApi {
    private static final JsonMapper JSON = new JsonMapper();

    private final URI url;
    private final HttpClient http = HttpClient.newHttpClient();

    /** @param url where it is, without a path */
    public PrometheusApi(URI url) {
        this.url = url;
    }

    /** The series of an expression at this moment. */
    public JsonNode query(String expression) throws IOException, InterruptedException {
        return data("/api/v1/query?query=" + URLEncoder.encode(expression, UTF_8))
                .path("result");
    }

    /** The names of all metrics. */
    public Set<String> metrics() throws IOException, InterruptedException {
        return texts(data("/api/v1/label/__name__/values"));
    }

    /** The names of all labels. */
    public Set<String> labels() throws IOException, InterruptedException {
        return texts(data("/api/v1/labels"));
    }

    /** The alerts that there are rules for. */
    public Set<String> alertRules() throws IOException, InterruptedException {
        return data("/api/v1/rules")
                .path("groups")
                .valueStream()
                .flatMap(group -> group.path("rules").valueStream())
                .map(rule -> rule.path("name").stringValue())
                .collect(Collectors.toSet());
    }

    /** The alerts that fire, each with its summary. */
    public Map<String, String> firing() throws IOException, InterruptedException {
        Map<String, String> firing = new TreeMap<>();
        for (JsonNode alert : data("/api/v1/alerts").path("alerts")) {
            if (alert.path("state").stringValue().equals("firing")) {
                firing.put(
                        alert.at("/labels/alertname").stringValue(),
                        alert.at("/annotations/summary").stringValue());
            }
        }
        return firing;
    }

    private JsonNode data(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                http.send(HttpRequest.newBuilder(url.resolve(path)).build(), BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new AssertionError(path + ": " + answer.body());
        }
        return JSON.readTree(answer.body()).path("data");
    }

    private static Set<String> texts(JsonNode values) {
        return values.valueStream().map(JsonNode::stringValue).collect(Collectors.toSet());
    }
}
