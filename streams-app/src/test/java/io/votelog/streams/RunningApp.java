// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.broker.Ports;
import io.votelog.infra.testing.contract.Contract;
import io.votelog.infra.testing.contract.Exchange;
import io.votelog.infra.testing.contract.OpenApi;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.Lifecycle;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A running application on ports of its own. */
final class RunningApp implements AutoCloseable {
    static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    static final JsonMapper JSON = JsonMapper.builder().build();

    /** Compares every answer of every application of this JVM, in every test, with the description of the routes. */
    static final Contract CONTRACT = Contract.of(OpenApi.ofResource("/openapi/streams-app.yaml"));

    /**
     * Records the answers of the public port alone: customizers of server factories are looked up for each server by itself.
     */
    @TestConfiguration(proxyBeanMethods = false)
    static class Watched {
        @Bean
        WebServerFactoryCustomizer<NettyReactiveWebServerFactory> watchedPort() {
            return factory -> factory.addServerCustomizers(
                    server -> server.doOnChannelInit((observer, channel, address) -> CONTRACT.watch(channel)));
        }
    }

    /** Null when the application is a process of its own. */
    private final @Nullable ConfigurableApplicationContext context;

    private final Runnable end;
    private final int port;
    private final int managementPort;

    private RunningApp(@Nullable ConfigurableApplicationContext context, Runnable end, int port, int managementPort) {
        this.context = context;
        this.end = end;
        this.port = port;
        this.managementPort = managementPort;
    }

    /** The application as it is built, whose classes are archived: it starts in half the time that its folders of classes take. */
    static ChildJvm.Builder program(String name) {
        return ChildJvm.ofBootJar(name, Path.of("target/votelog-streams-app.jar"));
    }

    /** Starts the application in a JVM of its own, as a second instance must be, and returns when it is ready. */
    static RunningApp startChild(
            String bootstrapServers, String applicationId, Path stateDir, Consumer<ChildJvm> child, String... more) {
        int port = freePort();
        int managementPort = freePort();
        List<String> arguments =
                new ArrayList<>(arguments(bootstrapServers, applicationId, stateDir, port, managementPort));
        arguments.addAll(Arrays.asList(more));
        ChildJvm jvm = program("streams-app-" + port)
                .jvmArgs("-Xmx512m")
                .args(arguments.toArray(String[]::new))
                .logFile(stateDir.resolveSibling("streams-app-" + port + ".log"))
                .start();
        child.accept(jvm);
        RunningApp app = new RunningApp(null, () -> jvm.stop(Duration.ofSeconds(20)), port, managementPort);
        try {
            app.awaitReady(() -> !jvm.isAlive());
        } catch (ConditionTimeoutException | TerminalFailureException e) {
            throw new AssertionError(jvm.obituary(jvm + " is not ready"), e);
        }
        return app;
    }

    /** Starts the application and returns when it is ready. */
    static RunningApp start(String bootstrapServers, String applicationId, Path stateDir, String... more) {
        int port = freePort();
        List<String> arguments = new ArrayList<>(arguments(bootstrapServers, applicationId, stateDir, port, 0));
        arguments.addAll(Arrays.asList(more));
        ConfigurableApplicationContext context = new SpringApplicationBuilder(StreamsApplication.class, Watched.class)
                .run(arguments.toArray(String[]::new));
        Integer management = context.getEnvironment().getProperty("local.management.port", Integer.class);
        RunningApp app = new RunningApp(context, context::close, port, management == null ? -1 : management);
        app.awaitReady(() -> false);
        return app;
    }

    /**
     * Waits longer than a member may hold a place in the group that it does not work in ({@code max.poll.interval.ms}, a minute): one that ends
     * while the broker refuses it may hold it for so long.
     *
     * @param ended whether there is nothing left to wait for
     */
    private void awaitReady(BooleanSupplier ended) {
        Awaitility.await("readiness")
                .atMost(Duration.ofSeconds(120))
                .ignoreExceptions()
                .failFast("it has ended", ended::getAsBoolean)
                .until(() -> management("/actuator/health/readiness").statusCode() == 200);
    }

    static List<String> arguments(
            String bootstrapServers, String applicationId, Path stateDir, int port, int managementPort) {
        return List.of(
                "--spring.kafka.bootstrap-servers=" + bootstrapServers,
                "--votelog.log.public-keys=" + LogWriter.publicKey(),
                "--votelog.streams.application-id=" + applicationId,
                "--votelog.streams.state-dir=" + stateDir,
                "--votelog.topics.partitions=" + LogWriter.PARTITIONS,
                "--votelog.cors.allowed-origins=https://vote.example.org",
                "--server.address=127.0.0.1",
                "--server.port=" + port,
                "--management.server.port=" + managementPort);
    }

    static int freePort() {
        return Ports.anyFree(Set.of());
    }

    /** Stops one bean of the application, which must run in this JVM, as a shutdown does. */
    void stopPart(String name) {
        Objects.requireNonNull(context).getBean(name, Lifecycle.class).stop();
    }

    int port() {
        return port;
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /**
     * Sends a request, and asserts that the description of the routes allows every answer that was given so far.
     *
     * @param headers names and values by turns
     */
    HttpResponse<String> get(String path, String... headers) {
        HttpResponse<String> answer = send(uri(path), headers);
        if (context == null) {
            CONTRACT.note(new Exchange(
                    "GET",
                    path,
                    false,
                    answer.statusCode(),
                    answer.headers().map(),
                    answer.body().getBytes(UTF_8)));
        }
        CONTRACT.mustHold();
        return answer;
    }

    JsonNode json(String path, String... headers) {
        HttpResponse<String> response = get(path, headers);
        if (response.statusCode() != 200) {
            throw new AssertionError(path + " answers " + response.statusCode() + ": " + response.body());
        }
        return JSON.readTree(response.body());
    }

    HttpResponse<String> management(String path) {
        return send(URI.create("http://127.0.0.1:" + managementPort + path));
    }

    /** The values of a metric, by its tags as Prometheus has them. */
    Map<String, Double> metric(String name) {
        Map<String, Double> values = new TreeMap<>();
        management("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .forEach(line -> values.put(
                        line.substring(name.length(), line.lastIndexOf(' ')),
                        Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
        return values;
    }

    private static HttpResponse<String> send(URI uri, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(45));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(uri + " does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Shuts the application down in order; a second call does nothing. */
    void shutDown() {
        end.run();
        CONTRACT.mustHold();
    }

    @Override
    public void close() {
        shutDown();
    }
}
