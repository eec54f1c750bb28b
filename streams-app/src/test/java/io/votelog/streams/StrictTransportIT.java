// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every answer tells browsers to stay with https when the public address is https, whichever part made the answer. */
@WithKafka(freshTopics = true)
final class StrictTransportIT {
    @Test
    void shouldSayItOnEveryAnswerBehindAProxyThatEndsTls(KafkaBroker broker, @TempDir Path state) throws Exception {
        try (RunningApp app = RunningApp.start(
                        broker.bootstrapServers(),
                        "strict-transport-it",
                        state,
                        "--votelog.public-urls.streams=https://results.example.org");
                LogWriter log = new LogWriter(broker.bootstrapServers())) {
            log.publishOpen("safe");
            ResultsIT.awaitReceived(app, "safe", 0);
            for (HttpRequest request : requests(app)) {
                assertThat(answer(request).headers().allValues("Strict-Transport-Security"))
                        .as(request + " " + request.headers())
                        .containsExactly("max-age=31536000");
            }
        }
    }

    @Test
    void shouldSayNothingWhereNobodyIsKnownToComeByHttps(KafkaBroker broker, @TempDir Path state) throws Exception {
        try (RunningApp app = RunningApp.start(broker.bootstrapServers(), "strict-transport-it-none", state)) {
            for (HttpRequest request : requests(app)) {
                assertThat(answer(request).headers().firstValue("Strict-Transport-Security"))
                        .as(request.toString())
                        .isEmpty();
            }
        }
    }

    private static List<HttpRequest> requests(RunningApp app) {
        List<HttpRequest> all = new ArrayList<>();
        for (String path : List.of(
                "/",
                "/ballots/safe/results",
                "/ballots/none/results",
                "/v1/ballots/safe/results",
                "/v1/ballots/safe/results.csv",
                "/v1/ballots/safe/results/stream",
                "/v1/ballots/safe/turnout",
                "/v1/ballots/safe/receipts/none",
                "/v1/ballots/none/results",
                "/openapi.yaml",
                "/nothing")) {
            all.add(to(app, path).build());
        }
        all.add(to(app, "/v1/ballots/safe/results")
                .header("Accept", "image/png")
                .build());
        all.add(to(app, "/v1/ballots/safe/results")
                .POST(BodyPublishers.noBody())
                .build());
        // The server's decoder answers this request.
        all.add(to(app, "/").header("X", "y".repeat(9_000)).build());
        return all;
    }

    private static HttpRequest.Builder to(RunningApp app, String path) {
        return HttpRequest.newBuilder(app.uri(path)).timeout(Duration.ofSeconds(20));
    }

    /** Reads the head alone, since a stream goes on. */
    private static HttpResponse<InputStream> answer(HttpRequest request) throws Exception {
        HttpResponse<InputStream> answer = RunningApp.HTTP.send(request, BodyHandlers.ofInputStream());
        answer.body().close();
        return answer;
    }
}
