// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/** Publishes ballots as any organiser would, over HTTP. */
public final class BallotPublisher {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
    private static final long POLL_MS = 100;
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http;
    private final List<URI> gateways;
    private final Supplier<String> token;
    private final Duration patience;
    private final Check alive;

    /** Whether it is of any use to wait on. */
    public interface Check {
        /** @throws SystemException where something that is needed is dead */
        void require() throws InterruptedException;
    }

    /**
     * @param gateways of whom the first is asked to publish
     * @param token gives tokens of scope {@code ballots:write}
     * @param patience how long a ballot may take until every gateway takes votes for it
     * @param alive asked again and again while a ballot is waited for
     */
    public BallotPublisher(
            HttpClient http, List<URI> gateways, Supplier<String> token, Duration patience, Check alive) {
        this.http = http;
        this.gateways = List.copyOf(gateways);
        this.token = token;
        this.patience = patience;
        this.alive = alive;
    }

    /**
     * Sees to it that the ballot stands, and returns when every gateway takes votes for it.
     *
     * @throws SystemException where it is refused, or what is needed for it is dead
     */
    public void publish(BallotSource source) throws InterruptedException {
        String id = source.ballot().id();
        URI first = gateways.get(0);
        long end = System.nanoTime() + patience.toNanos();
        if (source.asItStands() || !stands(first, id, end)) {
            put(first, source, end);
        }
        for (URI gateway : gateways) {
            awaitReady(gateway, id, end);
        }
    }

    private void put(URI gateway, BallotSource source, long end) throws InterruptedException {
        String id = source.ballot().id();
        HttpResponse<String> answer = send(
                () -> request(gateway, id)
                        .header("Authorization", "Bearer " + token.get())
                        .header("Content-Type", source.contentType())
                        .PUT(BodyPublishers.ofByteArray(source.body()))
                        .build(),
                end);
        switch (answer.statusCode()) {
            case 200, 201, 202 -> {}
            case 409 ->
                throw new SystemException(
                        ("the ballot %s stands in this log already, with another definition, and a ballot does not change: give it"
                                        + " another id, or forget the log with --fresh")
                                .formatted(id));
            default -> throw new Refused(id, answer.statusCode(), answer.body());
        }
    }

    /** A gateway does not take the ballot as it is. */
    public static final class Refused extends SystemException {
        private static final long serialVersionUID = 1L;

        private final transient List<String> places;

        private Refused(String id, int status, String body) {
            super("the ballot %s is refused (%d): %s".formatted(id, status, body));
            this.places = status == 422
                    ? JSON.readTree(body)
                            .path("faults")
                            .valueStream()
                            .map(fault -> fault.path("place").asString(""))
                            .toList()
                    : List.of();
        }

        /** Whether all that is wrong with it is that its end is past. */
        public boolean isOver() {
            return places.equals(List.of("window.closesAt"));
        }
    }

    private void awaitReady(URI gateway, String id, long end) throws InterruptedException {
        while (!takesVotes(gateway, id, end)) {
            if (System.nanoTime() - end > 0) {
                throw new SystemException("the ballot %s is not ready at %s %d s after its publication"
                        .formatted(id, gateway, patience.toSeconds()));
            }
            Thread.sleep(POLL_MS);
        }
    }

    private boolean stands(URI gateway, String id, long end) throws InterruptedException {
        return find(gateway, id, end).isPresent();
    }

    /** A gateway shows a ballot from its first record on, and takes votes for it when all partitions have it. */
    private boolean takesVotes(URI gateway, String id, long end) throws InterruptedException {
        return find(gateway, id, end)
                .map(ballot -> JSON.readTree(ballot).path("ready").booleanValue(false))
                .orElse(false);
    }

    private Optional<String> find(URI gateway, String id, long end) throws InterruptedException {
        HttpResponse<String> answer = send(() -> request(gateway, id).build(), end);
        return switch (answer.statusCode()) {
            case 200 -> Optional.of(answer.body());
            case 404 -> Optional.empty();
            default ->
                throw new SystemException(
                        "%s answers %d: %s".formatted(answer.uri(), answer.statusCode(), answer.body()));
        };
    }

    private HttpRequest.Builder request(URI gateway, String id) {
        return HttpRequest.newBuilder(gateway.resolve("/v1/ballots/" + id)).timeout(ANSWER_TIMEOUT);
    }

    /**
     * Sends a request, and sends it again while the gateway is too slow, cannot be reached or cannot reach its log: doing it twice
     * changes nothing. A gateway that does not answer since it is dead is said by the check.
     */
    private HttpResponse<String> send(Supplier<HttpRequest> request, long end) throws InterruptedException {
        while (true) {
            HttpRequest next = request.get();
            boolean over = System.nanoTime() - end > 0;
            try {
                HttpResponse<String> answer = answer(next);
                if (answer.statusCode() != 503 || over) {
                    return answer;
                }
            } catch (IOException e) {
                if (over) {
                    throw new SystemException("%s does not answer: %s".formatted(next.uri(), e));
                }
            }
            Thread.sleep(POLL_MS);
        }
    }

    /** The answer to a request; the wait for it ends as soon as it has become useless. */
    private HttpResponse<String> answer(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<String>> answer = http.sendAsync(request, BodyHandlers.ofString());
        try {
            while (true) {
                alive.require();
                try {
                    return answer.get(POLL_MS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException notYet) {
                    // It is looked again whether somebody is there to answer.
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }
}
