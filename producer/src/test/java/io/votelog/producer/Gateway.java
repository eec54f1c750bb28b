// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import io.votelog.infra.testing.contract.Contract;
import io.votelog.infra.testing.contract.OpenApi;
import io.votelog.producer.auth.TestTokens;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.ReactorResourceFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of a running gateway, which mostly runs in this JVM. */
public final class Gateway implements AutoCloseable {
    static final KeyPair KEYS = LogSigner.newKeyPair();
    public static final String PRIVATE_KEY = LogSigner.privateKeyText(KEYS);
    public static final String PUBLIC_KEY = LogKeys.publicKeyText(KEYS.getPublic());
    public static final LogSigner SIGNER = LogSigner.of(PRIVATE_KEY, PUBLIC_KEY);
    public static final String PEPPER = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    public static final String SECRET = "a secret of at least thirty-two bytes";
    public static final JsonMapper JSON = JsonMapper.builder().build();

    /** Compares every answer of every gateway of this JVM, in every test, with the description of the routes. */
    static final Contract CONTRACT = Contract.of(OpenApi.ofResource("/openapi/producer.yaml"));

    /**
     * Gives each gateway event loops of its own: several run in one JVM, and the first to close must not stop the others'
     * loops.
     */
    @TestConfiguration(proxyBeanMethods = false)
    static class OwnEventLoops {
        /**
         * Records the answers of the public port alone: customizers of server factories are looked up for each server by
         * itself.
         */
        @Bean
        WebServerFactoryCustomizer<NettyReactiveWebServerFactory> watchedPort() {
            return factory -> factory.addServerCustomizers(
                    server -> server.doOnChannelInit((observer, channel, address) -> CONTRACT.watch(channel)));
        }

        @Bean
        ReactorResourceFactory reactorResourceFactory() {
            ReactorResourceFactory factory = new ReactorResourceFactory();
            factory.setUseGlobalResources(false);
            return factory;
        }
    }

    /** Null when the gateway is a process of its own. */
    private final ConfigurableApplicationContext context;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI url;

    private Gateway(ConfigurableApplicationContext context, int port) {
        this.context = context;
        this.url = URI.create("http://127.0.0.1:" + port);
    }

    /** The gateway that listens at this port. */
    static Gateway at(int port) {
        return new Gateway(null, port);
    }

    static Gateway start(String bootstrapServers, String... settings) {
        ConfigurableApplicationContext context = new SpringApplicationBuilder(
                        ProducerApplication.class, OwnEventLoops.class)
                .run(arguments(bootstrapServers, settings).toArray(String[]::new));
        return new Gateway(context, context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
    }

    /** The same settings, and a gateway that gives its log as little time as one does by itself. */
    static String[] impatient(String... settings) {
        return Stream.concat(
                        Stream.of(
                                "--votelog.max-delay=1s",
                                "--spring.kafka.producer.properties.delivery.timeout.ms=2000"),
                        Stream.of(settings))
                .toArray(String[]::new);
    }

    /** A gateway's command line. */
    static List<String> arguments(String bootstrapServers, String... settings) {
        Map<String, String> all = new LinkedHashMap<>();
        List<String> standard = List.of(
                "--spring.kafka.bootstrap-servers=" + bootstrapServers,
                "--server.port=0",
                "--management.server.port=0",
                "--votelog.pepper=" + PEPPER,
                "--votelog.log.private-key=" + PRIVATE_KEY,
                "--votelog.log.public-keys=" + PUBLIC_KEY,
                "--votelog.auth.hs256-secret=" + SECRET,
                "--server.address=127.0.0.1",
                "--management.server.address=127.0.0.1",
                "--votelog.public-urls.producer=https://vote.example",
                "--votelog.public-urls.streams=https://results.example",
                // A busy machine's broker is slow, and no outage. Tests of outages are as impatient as a gateway is by
                // itself.
                "--votelog.max-delay=30s",
                "--spring.kafka.producer.properties.delivery.timeout.ms=60000");
        // A setting that is given here replaces the standard one; on a command line it would be added to it.
        Stream.concat(standard.stream(), Stream.of(settings))
                .forEach(setting -> all.put(setting.substring(0, setting.indexOf('=')), setting));
        return List.copyOf(all.values());
    }

    <T> T part(Class<T> type) {
        return context.getBean(type);
    }

    URI at(String path) {
        return url.resolve(path);
    }

    URI management(String path) {
        return URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.management.port") + path);
    }

    /** Sends a request, and asserts that the description of the routes allows every answer that was given so far. */
    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> answer =
                    http.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
            CONTRACT.mustHold();
            return answer;
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    CompletableFuture<HttpResponse<String>> sendAsync(HttpRequest.Builder request) {
        return http.sendAsync(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(at(path)));
    }

    /** A token of the issuer that shares the secret. */
    String token(String userId, String scope) {
        return signed(userId, scope);
    }

    /** The same before there is a gateway. */
    static String signed(String userId, String scope) {
        JWTClaimsSet.Builder claims =
                TestTokens.claims(userId).expirationTime(Date.from(Instant.now().plus(12, ChronoUnit.HOURS)));
        try {
            return TestTokens.signed(
                    JWSAlgorithm.HS256,
                    null,
                    new MACSigner(SECRET.getBytes(StandardCharsets.UTF_8)),
                    (scope.isEmpty() ? claims : claims.claim("scope", scope)).build());
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    HttpRequest.Builder putRequest(String token, String ballotId, String ballot) {
        return HttpRequest.newBuilder(at("/v1/ballots/" + ballotId))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(ballot));
    }

    HttpResponse<String> put(String token, String ballotId, String ballot) {
        return send(putRequest(token, ballotId, ballot));
    }

    /** Publishes a ballot that is open for an hour. */
    void publishOpen(String ballotId) {
        HttpResponse<String> published =
                put(token("operator", "ballots:write"), ballotId, openBallot(ballotId, "A ballot"));
        assertThat(published.statusCode()).as(published.body()).isEqualTo(201);
    }

    /**
     * Publishes a ballot that ends as soon as this machine allows: its end must still lie ahead when the gateway looks at it.
     *
     * @return its end
     */
    Instant publishEndingSoon(String ballotId) {
        String operator = token("operator", "ballots:write");
        for (int seconds = 3; ; seconds *= 2) {
            Instant closesAt = Instant.now().plusSeconds(seconds).truncatedTo(ChronoUnit.MILLIS);
            HttpResponse<String> published =
                    put(operator, ballotId, ballot(ballotId, "Over soon", closesAt.minusSeconds(60), closesAt));
            if (published.statusCode() != 422 || seconds > 20) {
                assertThat(published.statusCode()).as(published.body()).isEqualTo(201);
                return closesAt;
            }
        }
    }

    HttpResponse<String> close(String token, String ballotId) {
        return send(HttpRequest.newBuilder(at("/v1/ballots/" + ballotId + "/close"))
                .header("Authorization", "Bearer " + token)
                .POST(BodyPublishers.noBody()));
    }

    HttpRequest.Builder annulRequest(String token, String ballotId, String body) {
        return HttpRequest.newBuilder(at("/v1/ballots/" + ballotId + "/annulments"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
    }

    HttpResponse<String> annul(String token, String ballotId, String receipt, String reason) {
        return send(
                annulRequest(token, ballotId, JSON.writeValueAsString(Map.of("receipt", receipt, "reason", reason))));
    }

    HttpRequest.Builder voteRequest(String token, String ballotId, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(at("/v1/ballots/" + ballotId + "/votes"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
        return headers.length == 0 ? request : request.headers(headers);
    }

    HttpResponse<String> vote(String token, String ballotId, String body, String... headers) {
        return send(voteRequest(token, ballotId, body, headers));
    }

    static JsonNode json(HttpResponse<String> answer) {
        return JSON.readTree(answer.body());
    }

    /** Asserts a problem document of that code, and returns it. */
    static JsonNode problem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode document = json(answer);
        assertThat(document.path("type").stringValue()).isEqualTo("urn:votelog:problem:" + code);
        assertThat(document.path("title").stringValue()).isNotBlank();
        assertThat(document.path("status").intValue()).isEqualTo(status);
        assertThat(document.path("detail").stringValue()).isNotBlank();
        assertThat(answer.body()).doesNotContain("Exception", "\tat ", "io.votelog");
        return document;
    }

    /** A ballot with sections A (a1 to a3) and B (b1 to b3), with at least one pick in each and at most three in all. */
    public static String ballot(String id, String title, Instant opensAt, Instant closesAt) {
        return """
                {"ballotId": "%s", "title": "%s",
                 "window": {"opensAt": "%s", "closesAt": "%s"},
                 "picks": {"min": 2, "max": 3},
                 "sections": [
                   {"id": "A", "title": "One", "picks": {"min": 1},
                    "options": [{"id": "a1", "title": "1"}, {"id": "a2", "title": "2"}, {"id": "a3", "title": "3"}]},
                   {"id": "B", "title": "Two", "picks": {"min": 1},
                    "options": [{"id": "b1", "title": "1"}, {"id": "b2", "title": "2"}, {"id": "b3", "title": "3"}]}]}
                """
                .formatted(id, title, opensAt, closesAt);
    }

    /** A ballot that is open for an hour. */
    static String openBallot(String id, String title) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        return ballot(id, title, now.minusSeconds(60), now.plusSeconds(3600));
    }

    @Override
    public void close() {
        if (context != null) {
            context.close();
        }
        CONTRACT.mustHold();
    }
}
