package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.BallotDefinition;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@WithKafka(freshTopics = true)
final class ResultsIT {
    private static RunningApp app;
    private static LogWriter log;

    @BeforeAll
    static void start(KafkaBroker broker, @TempDir Path state) {
        app = RunningApp.start(broker.bootstrapServers(), "results-it", state);
        log = new LogWriter(broker.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        log.close();
        app.close();
    }

    @Test
    void shouldShowTitlesAndCounts() {
        BallotDefinition ballot = log.publishOpen("shown");
        log.vote("shown", "a1", "b1");
        log.vote("shown", "a1", "b1", "b2");
        log.vote("shown", "a3", "b2");
        log.vote("shown", "a1");
        LogWriter.Written last = log.vote("shown", "a2", "nowhere");

        JsonNode results = awaitReceived(app, "shown", 5);

        assertThat(results.at("/title/en").asString()).isEqualTo("A vote, \"quoted\"");
        assertThat(results.at("/sections/0/title/und").asString()).isEqualTo("Part A");
        assertThat(results.at("/status").asString()).isEqualTo("open");
        assertThat(results.at("/digest").asString()).isEqualTo(ballot.digestHex());
        assertThat(results.at("/turnout").toString())
                .isEqualTo("{\"received\":5,\"accepted\":3,\"retried\":0,\"rejected\":2,\"annulled\":0,\"late\":0,"
                        + "\"rejectedByReason\":{\"UNKNOWN_OPTION\":1,\"TOO_FEW_PICKS\":1}}");
        assertThat(results.at("/sections").findValuesAsString("votes")).containsExactly("2", "0", "1", "2", "2");
        assertThat(results.at("/sections").findValuesAsString("rank")).containsExactly("1", "5", "4", "1", "1");
        assertThat(Instant.parse(results.at("/asOf").asString())).isEqualTo(last.recordedAt());
        assertThat(results.at("/positions").size()).isEqualTo(LogWriter.PARTITIONS);
    }

    static JsonNode awaitReceived(RunningApp app, String ballotId, long received) {
        String path = "/v1/ballots/%s/results".formatted(ballotId);
        return await(ballotId + " with " + received + " votes")
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> {
                            HttpResponse<String> response = app.get(path);
                            return response.statusCode() == 200
                                    ? RunningApp.JSON.readTree(response.body())
                                    : RunningApp.JSON.createObjectNode();
                        },
                        results -> results.at("/turnout/received").asLong() == received);
    }
}
