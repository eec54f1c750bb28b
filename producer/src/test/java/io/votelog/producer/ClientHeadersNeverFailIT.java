// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.infra.testing.contract.HeaderTrial;
import io.votelog.infra.testing.contract.LoggedFailures;
import io.votelog.infra.testing.contract.OddRequests;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whatever a client sends in headers, query and path is no failure of the gateway, on any described route: each request has an
 * answer, the description has that answer, and the application's log has no stack trace.
 *
 * <p>The seed is printed. {@code -Dvotelog.fuzz.seed=N} sets another one, {@code -Dvotelog.fuzz.rounds=N} more rounds.
 */
@WithKafka(freshTopics = true)
class ClientHeadersNeverFailIT {
    private static final Logger LOG = LoggerFactory.getLogger(ClientHeadersNeverFailIT.class);
    private static final long SEED = Long.getLong("votelog.fuzz.seed", 20211205L);
    private static final int ROUNDS = Integer.getInteger("votelog.fuzz.rounds", 1_000);
    private static final String BALLOT = Gateway.openBallot("odd", "Odd");

    private static Gateway gateway;

    @BeforeAll
    static void start(KafkaBroker broker) {
        gateway = Gateway.start(
                broker.bootstrapServers(),
                "--votelog.cors.allowed-origins=http://localhost:8081",
                "--votelog.dev.tokens=true",
                "--votelog.public-urls.producer=http://localhost:8080",
                "--votelog.public-urls.streams=http://localhost:8081",
                "--votelog.limits.votes.every=0",
                "--votelog.limits.user.rate=0",
                "--votelog.limits.reads.rate=0",
                "--votelog.limits.address.rate=0");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void shouldAnswerWhateverHeadersAndParametersAreSent() throws Exception {
        String token = gateway.token("operator", "ballots:write votes:annul votes:submit");
        gateway.put(token, "odd", BALLOT);
        gateway.publishOpen("closing");
        String receipt = Gateway.json(gateway.vote(token, "odd", RawRequest.CHOICES))
                .path("receipt")
                .stringValue();
        OddRequests.Plain plain = new OddRequests.Plain(
                "Bearer " + token,
                Map.of("ballotId", "odd", "closeBallot ballotId", "closing"),
                Map.of(
                        "publishBallot",
                        BALLOT,
                        "castVote",
                        RawRequest.CHOICES,
                        "castVotes",
                        "{\"voter\": \"v\", \"choices\": [\"a1\", \"b2\"]}\n",
                        "annulVote",
                        "{\"receipt\": \"%s\", \"reason\": \"a trial\"}".formatted(receipt),
                        "issueDevToken",
                        "{\"userId\": \"alice\"}"));
        LOG.info("seed {}, {} rounds", SEED, ROUNDS);
        try (LoggedFailures logged = new LoggedFailures()) {
            HeaderTrial.Outcome outcome =
                    HeaderTrial.run(gateway.at("/"), Gateway.CONTRACT.document(), plain, SEED, ROUNDS);
            LOG.info("answers: {}", outcome.statuses());
            assertThat(outcome.failures()).as("seed " + SEED).isEmpty();
            assertThat(logged.all()).isEmpty();
        }
        Gateway.CONTRACT.mustHold();
    }
}
