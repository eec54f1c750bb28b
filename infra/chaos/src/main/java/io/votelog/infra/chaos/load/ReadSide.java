// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The streams-apps as voters and readers call them. Safe for use by many threads. */
public final class ReadSide {
    private static final String NO_SUCH_VOTE = "no such vote";
    static final JsonMapper JSON = new JsonMapper();
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(6);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    private final List<URI> instances;

    /** @param instances where they are, alive or not */
    public ReadSide(List<URI> instances) {
        this.instances = List.copyOf(instances);
    }

    public int count() {
        return instances.size();
    }

    HttpClient http() {
        return http;
    }

    URI stream(int instance, String ballotId) {
        return instances.get(instance).resolve("/v1/ballots/" + ballotId + "/results/stream");
    }

    /** The results that an instance shows; empty where it shows none. */
    public Optional<JsonNode> results(int instance, String ballotId) throws InterruptedException {
        return get(instances.get(instance).resolve("/v1/ballots/" + ballotId + "/results"), "0")
                .filter(answer -> answer.statusCode() == 200)
                .map(HttpResponse::body)
                .flatMap(ReadSide::json);
    }

    /**
     * The verdict that a receipt tells on the vote at that place, in the words of {@link Verdicts}; {@link #NO_SUCH_VOTE} where an
     * instance says that; empty while none is told.
     *
     * @param waitSeconds how long the instance may wait for it
     */
    public Optional<String> verdict(int instance, String ballotId, Answer.Acked vote, int waitSeconds)
            throws InterruptedException {
        URI receipt = instances
                .get(instance)
                .resolve("/v1/ballots/%s/receipts/%s?offset=%d"
                        .formatted(ballotId, vote.receipt(), vote.place().offset()));
        Optional<HttpResponse<String>> answer = get(receipt, Integer.toString(waitSeconds));
        if (answer.isEmpty()) {
            return Optional.empty();
        }
        JsonNode body = json(answer.get().body()).orElseGet(JSON::createObjectNode);
        return switch (answer.get().statusCode()) {
            case 200 -> verdict(body);
            // A ballot that an instance has not read yet is unknown there, and nothing is said of the vote.
            case 404 ->
                body.path("type").stringValue("").endsWith(":unknown-receipt")
                        ? Optional.of(NO_SUCH_VOTE)
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<String> verdict(JsonNode receipt) {
        String status = receipt.path("status").stringValue("");
        return switch (status) {
            case "pending", "" -> Optional.empty();
            case "rejected" -> Optional.of(receipt.path("reason").stringValue("no reason"));
            default -> Optional.of(status.toUpperCase(Locale.ROOT));
        };
    }

    private Optional<HttpResponse<String>> get(URI place, String waitSeconds) throws InterruptedException {
        try {
            return Optional.of(http.send(
                    HttpRequest.newBuilder(place)
                            .timeout(ANSWER)
                            .header("Prefer", "wait=" + waitSeconds)
                            .build(),
                    BodyHandlers.ofString()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static Optional<JsonNode> json(String text) {
        try {
            return Optional.of(JSON.readTree(text));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
