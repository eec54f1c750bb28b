// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway that is slow, as on a machine with much else to do, is waited for; one that refuses is not. */
class BallotPublisherTest {
    private static final String READY = "200 {\"ready\": true}";
    private static final String SILENCE = "no answer";
    private static final String NOT_YET = "200 {\"ready\": false}";

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> answers = new ArrayList<>();
    private HttpServer gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gateway.createContext("/v1/ballots/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            asked.add(exchange.getRequestMethod());
            String answer = answers.size() > 1 ? answers.remove(0) : answers.get(0);
            if (answer.equals(SILENCE)) {
                return;
            }
            byte[] body = answer.substring(3).strip().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(Integer.parseInt(answer.substring(0, 3)), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        gateway.start();
    }

    @AfterEach
    void stop() {
        gateway.stop(0);
    }

    @Test
    void shouldAskAgainWhileTheGatewayCannotReachItsLog() throws Exception {
        answers.addAll(List.of("503", "404", "503", "202 {}", NOT_YET, "503", NOT_YET, READY));
        publisher(Duration.ofMinutes(1)).publish(seed());
        assertThat(asked).containsExactly("GET", "GET", "PUT", "PUT", "GET", "GET", "GET", "GET");
    }

    @Test
    void shouldSayThatABallotIsNotReadyWhenPatienceIsOver() {
        answers.addAll(List.of("404", "202 {}", NOT_YET));
        assertThatThrownBy(() -> publisher(Duration.ofMillis(300)).publish(seed()))
                .isInstanceOf(SystemException.class)
                .hasMessageContaining("is not ready at");
    }

    @Test
    void shouldNotWaitForWhatIsRefused() {
        answers.addAll(List.of("404", "422 {\"detail\": \"two titles read alike\"}"));
        assertThatThrownBy(() -> publisher(Duration.ofMinutes(1)).publish(seed()))
                .isInstanceOf(SystemException.class)
                .hasMessageContaining("two titles read alike");
    }

    /** A gateway whose broker is gone answers 503 for ever, or nothing at all. */
    @ParameterizedTest
    @ValueSource(strings = {"503", SILENCE})
    void shouldEndAtOnceWhenSomethingThatIsNeededDies(String answer) {
        answers.addAll(List.of("404", answer));
        BallotPublisher publisher = publisher(Duration.ofMinutes(10), () -> {
            if (asked.size() >= 2) {
                throw new SystemException("broker 1 died");
            }
        });
        assertThatThrownBy(() -> publisher.publish(seed()))
                .isInstanceOf(SystemException.class)
                .hasMessage("broker 1 died");
    }

    @Test
    void shouldWaitForAGatewayThatCannotBeReached() {
        gateway.stop(0);
        assertThatThrownBy(() -> publisher(Duration.ofMillis(300)).publish(seed()))
                .isInstanceOf(SystemException.class)
                .hasMessageContaining("does not answer");
    }

    private BallotPublisher publisher(Duration patience) {
        return publisher(patience, () -> {});
    }

    private BallotPublisher publisher(Duration patience, BallotPublisher.Check alive) {
        URI url = URI.create("http://127.0.0.1:" + gateway.getAddress().getPort());
        return new BallotPublisher(HttpClient.newHttpClient(), List.of(url), () -> "token", patience, alive);
    }

    private static BallotSource seed() {
        return BallotSource.of(Path.of("../local/ballots/gz-customs-2021.yaml")).openFrom(java.time.Instant.now());
    }
}
