// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.doors;

import io.netty.buffer.Unpooled;
import io.votelog.infra.bench.account.Account;
import io.votelog.infra.bench.load.LoadGenerator;
import io.votelog.infra.bench.load.PlainRequests;
import io.votelog.infra.bench.system.BrokerTopics;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.voters.Claims;
import io.votelog.infra.bench.voters.TokenAlgorithm;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * One signed-in user who votes again and again: with a new id each time, which the log keeps as rejected for ever; with one id, which
 * is what a retry is; or with one id after a vote that counts has another, which the log rejects each time.
 */
final class TurnoutAttack implements Attack {
    private static final int CONNECTIONS = 4;
    private static final Duration COUNTED = Duration.ofSeconds(20);
    private static final List<String> OUTCOMES = List.of("received", "accepted", "rejected", "retried");

    private final TestSystem system;
    private final Gains gains = new Gains();
    private final Flood flood;
    private final URI votes;
    private final String body;
    private final String token;
    private final @Nullable UUID first;
    private JsonNode before = MissingNode.getInstance();
    private long beganNs;

    /**
     * @param first id of a vote that is in the log before all others, if there is to be one
     * @param ids gives the id of each vote
     */
    TurnoutAttack(TestSystem system, LoadGenerator generator, String user, @Nullable UUID first, Supplier<UUID> ids) {
        this.system = system;
        this.first = first;
        token = new String(
                system.key(TokenAlgorithm.HS256).sign(Claims.of(user, Instant.now(), "")), StandardCharsets.US_ASCII);
        body = "{\"choices\":[\"" + String.join("\",\"", system.votes().of(0)) + "\"]}";
        String path = "/v1/ballots/" + system.ballot().id() + "/votes";
        votes = system.gatewayUrl().resolve(path);
        flood = new Flood(
                generator,
                system.gatewayUrl(),
                CONNECTIONS,
                (n, allocator) -> Unpooled.wrappedBuffer(PlainRequests.post(
                        system.gatewayUrl(),
                        path,
                        body,
                        "Authorization: Bearer " + token,
                        "Idempotency-Key: " + ids.get())),
                gains);
    }

    @Override
    public void begin() {
        before = system.calls().json(system.resultsUrl());
        if (first != null) {
            system.calls().cast(votes, token, first, body);
        }
        beganNs = System.nanoTime();
        flood.begin();
    }

    @Override
    public String end() {
        double seconds = (System.nanoTime() - beganNs) / 1e9;
        close();
        Account.awaitCounted(system, new BrokerTopics(system.kafka().bootstrapServers()), COUNTED);
        return String.format(
                Locale.ROOT,
                "%s in %.1f s; turnout, with the honest votes: %s",
                gains.total(),
                seconds,
                grown(before, system.calls().json(system.resultsUrl())));
    }

    /** How each outcome of the turnout has grown between two results documents. */
    static String grown(JsonNode before, JsonNode after) {
        StringBuilder text = new StringBuilder();
        for (String outcome : OUTCOMES) {
            long more = after.path("turnout").path(outcome).longValue(0)
                    - before.path("turnout").path(outcome).longValue(0);
            text.append(text.isEmpty() ? "" : ", ").append(outcome).append(String.format(Locale.ROOT, " +%,d", more));
        }
        return text.toString();
    }

    @Override
    public void close() {
        flood.close();
    }
}
