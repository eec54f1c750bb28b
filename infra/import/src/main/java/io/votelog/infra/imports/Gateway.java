// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports;

import io.votelog.infra.system.BallotPublisher;
import io.votelog.infra.system.BallotSource;
import io.votelog.rules.Ballot;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A gateway, or a read side, as this program calls it. */
final class Gateway {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration BATCH = Duration.ofMinutes(2);
    private static final Duration READY = Duration.ofMinutes(1);

    /** What a gateway says of a ballot beside its definition. */
    private static final Set<String> BESIDE = Set.of("digest", "ready", "closedEarly", "votesUrl", "notes");

    private final HttpClient http;
    private final URI url;
    private final UnaryOperator<String> tokens;

    Gateway(URI url) {
        this(
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT)
                        .build(),
                url,
                scope -> {
                    throw new IllegalStateException("nothing here needs a token");
                });
    }

    private Gateway(HttpClient http, URI url, UnaryOperator<String> tokens) {
        this.http = http;
        this.url = url;
        this.tokens = tokens;
    }

    /** @param source gives a token of a scope, or of several with blanks between them */
    Gateway with(UnaryOperator<String> source) {
        return new Gateway(http, url, source);
    }

    /** What is at a path, as JSON; empty where nothing is. */
    Optional<JsonNode> find(String path) {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(url.resolve(path))
                .header("Accept", "application/json")
                .timeout(ANSWER)
                .build());
        return switch (answer.statusCode()) {
            case 200 -> Optional.of(JSON.readTree(answer.body()));
            case 404 -> Optional.empty();
            default -> throw refused(answer);
        };
    }

    /** The ballot with that id; empty where none stands. */
    Optional<Ballot> ballot(String id) {
        return find("/v1/ballots/" + id).map(json -> {
            Map<String, Object> plain =
                    new LinkedHashMap<>(JSON.convertValue(json, new TypeReference<Map<String, Object>>() {}));
            plain.keySet().removeAll(BESIDE);
            if (Ballot.parse(plain) instanceof Ballot.Definition.Valid valid) {
                return valid.ballot();
            }
            throw new ImportException("what %s shows as ballot %s is none that this program knows".formatted(url, id));
        });
    }

    /** Publishes a ballot, and returns when this gateway takes votes for it. */
    void publish(BallotSource ballot) {
        try {
            new BallotPublisher(http, List.of(url), () -> tokens.apply("ballots:write"), READY, () -> {})
                    .publish(ballot);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImportException("interrupted");
        }
    }

    /**
     * Sends lines of votes, and gives the answer as it came.
     *
     * @throws IOException where it breaks off or does not come; sending the same again is safe
     */
    HttpResponse<String> cast(String ballotId, String lines) throws IOException {
        try {
            return http.send(
                    HttpRequest.newBuilder(url.resolve("/v1/ballots/" + ballotId + "/votes:batch"))
                            .header("Authorization", "Bearer " + tokens.apply("votes:submit"))
                            .header("Content-Type", "application/x-ndjson")
                            .header("Prefer", "return=representation")
                            .timeout(BATCH)
                            .POST(BodyPublishers.ofString(lines))
                            .build(),
                    BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImportException("interrupted");
        }
    }

    /** A token from a gateway that gives them to anybody, as {@code infra/up}'s does. */
    String developmentToken(String user, String scope) {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(url.resolve("/dev/token"))
                .header("Content-Type", "application/json")
                .timeout(ANSWER)
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(Map.of("userId", user, "scope", scope))))
                .build());
        if (answer.statusCode() != 200) {
            throw new ImportException(
                    "%s gives no tokens for development (%d): --token-file or --hs256-secret-file is needed"
                            .formatted(url, answer.statusCode()));
        }
        return JSON.readTree(answer.body()).path("token").asString("");
    }

    /** What is said of an answer that cannot be gone on with. */
    ImportException refused(HttpResponse<String> answer) {
        String detail = answer.body();
        try {
            detail = JSON.readTree(detail).path("detail").asString(detail);
        } catch (JacksonException notJson) {
            // A proxy's page says why as well as it can.
        }
        return new ImportException("%s answers %d: %s".formatted(answer.uri(), answer.statusCode(), detail.strip()));
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new ImportException("%s does not answer: %s".formatted(request.uri(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImportException("interrupted");
        }
    }
}
