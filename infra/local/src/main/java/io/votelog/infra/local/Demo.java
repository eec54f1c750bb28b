// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import io.votelog.infra.system.Tokens;
import io.votelog.infra.system.VoteDraw;
import io.votelog.rules.Ballot;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Invented voters who vote at a rate of their own, however fast they are answered. One in fifty sends the same vote again, one
 * in fifty changes their mind: the log says RETRIED and ALREADY_VOTED of them.
 */
final class Demo implements AutoCloseable {
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;
    private static final int MAX_UNDER_WAY = 256;
    private static final int ONE_IN = 50;
    private static final long TICK_MS = 5;
    private static final long STATUS_S = 15;
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

    private final HttpClient http;
    private final List<URI> votes;
    private final Tokens tokens;
    private final VoteDraw invented;
    private final int perSecond;
    private final Consumer<String> status;
    private final JsonMapper json = new JsonMapper();
    private final String run = Long.toString(new Random().nextLong() >>> 1, 36);
    private final Semaphore underWay = new Semaphore(MAX_UNDER_WAY);
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "demo");
        thread.setDaemon(true);
        return thread;
    });

    private long begunNs;
    private long due;
    private long voters;
    private List<String> lastChoices = List.of();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    /** Answered 429 or 503: not taken, or taken with an unknown outcome. */
    private final AtomicLong putOff = new AtomicLong();

    private final AtomicLong unanswered = new AtomicLong();
    private final AtomicLong heldBack = new AtomicLong();

    /**
     * @param gateways which take turns
     * @param status told a line a few times a minute
     */
    Demo(HttpClient http, List<URI> gateways, Ballot ballot, Tokens tokens, int perSecond, Consumer<String> status) {
        this.http = http;
        this.votes = gateways.stream()
                .map(gateway -> gateway.resolve("/v1/ballots/" + ballot.id() + "/votes"))
                .toList();
        this.tokens = tokens;
        this.invented = new VoteDraw(ballot, new Random());
        this.perSecond = perSecond;
        this.status = status;
    }

    void start() {
        begunNs = System.nanoTime();
        clock.scheduleAtFixedRate(this::castDue, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
        clock.scheduleAtFixedRate(() -> status.accept(line()), STATUS_S, STATUS_S, TimeUnit.SECONDS);
    }

    private void castDue() {
        long target = (System.nanoTime() - begunNs) / 1_000 * perSecond / 1_000_000;
        while (due < target) {
            due++;
            if (underWay.tryAcquire()) {
                cast();
            } else {
                heldBack.incrementAndGet();
            }
        }
    }

    private void cast() {
        int chance = voters == 0 ? ONE_IN : (int) (due % ONE_IN);
        if (chance > 1) {
            voters++;
            lastChoices = invented.next();
        } else if (chance == 1) {
            lastChoices = invented.next();
        }
        String voter = "demo-" + run + "-" + voters;
        HttpRequest request = HttpRequest.newBuilder(votes.get((int) (due % votes.size())))
                .header("Authorization", "Bearer " + tokens.token(voter, ""))
                .header("Content-Type", "application/json")
                .timeout(ANSWER_TIMEOUT)
                .POST(BodyPublishers.ofByteArray(json.writeValueAsBytes(Map.of("choices", lastChoices))))
                .build();
        sent.incrementAndGet();
        http.sendAsync(request, BodyHandlers.discarding()).whenComplete((answer, failure) -> {
            underWay.release();
            if (failure != null) {
                unanswered.incrementAndGet();
            } else if (answer.statusCode() == 202) {
                accepted.incrementAndGet();
            } else if (answer.statusCode() == TOO_MANY_REQUESTS || answer.statusCode() == UNAVAILABLE) {
                putOff.incrementAndGet();
            } else {
                refused.incrementAndGet();
            }
        });
    }

    private String line() {
        StringBuilder text = new StringBuilder("demo, %d s: %d sent, %d accepted, %d refused"
                .formatted(
                        Duration.ofNanos(System.nanoTime() - begunNs).toSeconds(),
                        sent.get(),
                        accepted.get(),
                        refused.get()));
        if (putOff.get() > 0) {
            text.append(", ").append(putOff).append(" told to try again");
        }
        if (unanswered.get() > 0) {
            text.append(", ").append(unanswered).append(" without an answer");
        }
        if (heldBack.get() > 0) {
            text.append(", ").append(heldBack).append(" not sent because ").append(MAX_UNDER_WAY);
            text.append(" were under way");
        }
        return text.toString();
    }

    /** Casts no more, and gives the last answers a moment. */
    @Override
    public void close() {
        clock.shutdownNow();
        try {
            if (clock.awaitTermination(LAST_ANSWERS.toMillis(), TimeUnit.MILLISECONDS)
                    && underWay.tryAcquire(MAX_UNDER_WAY, LAST_ANSWERS.toMillis(), TimeUnit.MILLISECONDS)) {
                underWay.release(MAX_UNDER_WAY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        status.accept(line());
    }
}
