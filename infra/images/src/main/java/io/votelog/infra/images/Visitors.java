// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import io.votelog.infra.system.BallotPublisher;
import io.votelog.infra.system.BallotSource;
import io.votelog.infra.system.SystemException;
import io.votelog.infra.system.VoteDraw;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An organiser, voters and readers, who have both sides do once what they do all day. */
final class Visitors {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int AT_ONCE = 16;
    private static final long POLL_MS = 50;
    private static final long SEED = 20_211_116;
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http;
    private final Places places;
    private final BallotSource ballot;
    private final String organiser;
    private final UnaryOperator<String> tokens;
    private final VoteDraw draw;
    private String receipt = "";
    private int voters;

    /**
     * Where both sides are.
     *
     * @param management where their operators ask; none where that is not reached
     */
    record Places(URI gateway, URI results, List<URI> management) {}

    /**
     * @param organiser a token of scope {@code ballots:write}
     * @param tokens gives each voter a token
     */
    Visitors(HttpClient http, Places places, String organiser, UnaryOperator<String> tokens, Path repository) {
        this.http = http;
        this.places = places;
        this.ballot = BallotSource.seed(repository).openFrom(Instant.now());
        this.organiser = organiser;
        this.tokens = tokens;
        this.draw = new VoteDraw(ballot.ballot(), new Random(SEED));
    }

    /** Publishes the seed's ballot, and returns when the gateway takes votes for it. */
    void publish() throws InterruptedException {
        new BallotPublisher(http, List.of(places.gateway()), () -> organiser, PATIENCE, () -> {}).publish(ballot);
    }

    /** Casts a vote each of so many further voters, and looks at the ballot's page. */
    void vote(int more) throws IOException, InterruptedException {
        List<HttpRequest> votes = new ArrayList<>();
        for (int cast = 1; cast <= more; cast++) {
            voters++;
            votes.add(vote("voter-" + voters, draw.next()));
            if (votes.size() == AT_ONCE || cast == more) {
                castAtOnce(votes);
                votes.clear();
            }
        }
        // Two options of one section alone break the ballot's rules.
        require(http.send(vote("mistaken", List.of("01")), BodyHandlers.ofString()), 422);
        URI gateway = places.gateway();
        get(gateway.resolve("/v1/ballots/" + id()));
        get(gateway.resolve("/ballots/" + id()));
    }

    /** A vote that a gateway has no room for is sent again, as voters' browsers do: it counts once. */
    private void castAtOnce(List<HttpRequest> votes) throws IOException, InterruptedException {
        List<CompletableFuture<HttpResponse<String>>> underWay = new ArrayList<>();
        for (HttpRequest vote : votes) {
            underWay.add(http.sendAsync(vote, BodyHandlers.ofString()));
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (int i = 0; i < votes.size(); i++) {
            HttpResponse<String> answer = underWay.get(i).join();
            while (answer.statusCode() == 503 && System.nanoTime() - end < 0) {
                Thread.sleep(POLL_MS);
                answer = http.send(votes.get(i), BodyHandlers.ofString());
            }
            receipt = read(answer, 202).path("receipt").stringValue("");
        }
    }

    /** Reads the results in all forms when so many votes are counted, a receipt, and the metrics. */
    void read(int votes) throws IOException, InterruptedException {
        URI side = places.results();
        URI results = side.resolve("/v1/ballots/" + id() + "/results");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (accepted(results) < votes) {
            if (System.nanoTime() - end > 0) {
                throw new SystemException("not all votes are counted after %d s: %d of %d"
                        .formatted(PATIENCE.toSeconds(), accepted(results), votes));
            }
            Thread.sleep(POLL_MS);
        }
        for (String form : List.of("results.csv", "turnout", "receipts/" + receipt)) {
            get(side.resolve("/v1/ballots/" + id() + "/" + form));
        }
        get(side.resolve("/ballots/" + id() + "/results"));
        for (URI management : places.management()) {
            get(management.resolve("/actuator/prometheus"));
        }
        HttpResponse<InputStream> stream = http.send(
                HttpRequest.newBuilder(URI.create(results + "/stream"))
                        .timeout(PATIENCE)
                        .build(),
                BodyHandlers.ofInputStream());
        try (InputStream events = stream.body()) {
            if (events.read() < 0) {
                throw new SystemException("the stream of results ended before it began");
            }
        }
    }

    /** What the read side says of the last vote that was cast. */
    JsonNode verdict() throws IOException, InterruptedException {
        return JSON.readTree(get(places.results().resolve("/v1/ballots/" + id() + "/receipts/" + receipt)));
    }

    /** The receipt of the last vote that was cast. */
    String receipt() {
        return receipt;
    }

    /** The path at which the read side has the proof of the last vote that was cast. */
    String proof() {
        return "/v1/ballots/" + id() + "/receipts/" + receipt + "/proof";
    }

    private long accepted(URI results) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                http.send(HttpRequest.newBuilder(results).timeout(PATIENCE).build(), BodyHandlers.ofString());
        return answer.statusCode() == 200
                ? JSON.readTree(answer.body()).path("turnout").path("accepted").longValue(0)
                : 0;
    }

    private HttpRequest vote(String voter, List<String> choices) {
        return HttpRequest.newBuilder(places.gateway().resolve("/v1/ballots/" + id() + "/votes"))
                .header("Authorization", "Bearer " + tokens.apply(voter))
                .header("Content-Type", "application/json")
                .timeout(PATIENCE)
                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(Map.of("choices", choices))))
                .build();
    }

    private String get(URI address) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                http.send(HttpRequest.newBuilder(address).timeout(PATIENCE).build(), BodyHandlers.ofString());
        require(answer, 200);
        return answer.body();
    }

    private static JsonNode read(HttpResponse<String> answer, int status) {
        require(answer, status);
        return JSON.readTree(answer.body());
    }

    private static void require(HttpResponse<String> answer, int status) {
        if (answer.statusCode() != status) {
            throw new SystemException("%s is answered %d in place of %d: %s"
                    .formatted(answer.uri(), answer.statusCode(), status, answer.body()));
        }
    }

    private String id() {
        return ballot.ballot().id();
    }
}
