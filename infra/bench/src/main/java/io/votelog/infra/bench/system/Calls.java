// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.system;

import io.votelog.infra.bench.workspace.BenchException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Single requests beside a load, each of which must be answered within half a minute. */
public final class Calls {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();

    HttpClient http() {
        return http;
    }

    /** A document of one of the servers, empty where it gives none. */
    public JsonNode json(URI place) {
        HttpResponse<String> answer =
                send(HttpRequest.newBuilder(place).timeout(ANSWER).build(), BodyHandlers.ofString());
        return answer.statusCode() == 200 ? JSON.readTree(answer.body()) : JSON.createObjectNode();
    }

    /** What a server that may be away answers with 200; empty where it answers anything else, or nothing in five seconds. */
    public Optional<String> ifThere(URI place) {
        try {
            HttpResponse<String> answer =
                    http.send(HttpRequest.newBuilder(place).timeout(CONNECT).build(), BodyHandlers.ofString());
            return answer.statusCode() == 200 ? Optional.of(answer.body()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    /** Casts a vote, which must be recorded. */
    public void cast(URI votes, String token, UUID voteId, String body) {
        HttpResponse<String> answer = send(
                HttpRequest.newBuilder(votes)
                        .timeout(ANSWER)
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", voteId.toString())
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        if (answer.statusCode() != 202) {
            throw new BenchException("a vote is refused (%d): %s".formatted(answer.statusCode(), answer.body()));
        }
    }

    /**
     * The body as it came, and the head with it.
     *
     * @param headers names and values in turn
     */
    public HttpResponse<byte[]> get(URI place, String... headers) {
        return send(
                HttpRequest.newBuilder(place).timeout(ANSWER).headers(headers).build(), BodyHandlers.ofByteArray());
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body) {
        try {
            return http.send(request, body);
        } catch (IOException e) {
            throw new BenchException("%s does not answer: %s".formatted(request.uri(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }
}
