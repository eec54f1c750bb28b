// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.system.App;
import io.votelog.infra.system.FreePorts;
import io.votelog.infra.system.Secrets;
import io.votelog.infra.system.Tokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A broker on this machine, a provider of tokens, and apps that are started on it: to record their starts, to measure them, to look at them. */
final class Stage implements AutoCloseable {
    private final Path folder;
    private final Provider provider;
    private final KafkaCluster kafka;
    private final Secrets secrets = Secrets.drawn();
    private final FreePorts free = new FreePorts();
    private final Map<ImageApp, Ports> ports = new LinkedHashMap<>();

    private record Ports(int http, int management) {}

    /**
     * Starts the broker, and returns when it is ready.
     *
     * @param folder for data and logs
     */
    Stage(Path folder) throws IOException {
        this.folder = folder;
        this.provider = new Provider();
        this.kafka = KafkaCluster.single(folder.resolve("kafka")).heap("384m").start();
    }

    Secrets secrets() {
        return secrets;
    }

    String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /** People who use what is started here. */
    Visitors visitors(Path repository) {
        Ports gateway = ports(ImageApp.PRODUCER);
        Ports results = ports(ImageApp.STREAMS);
        return new Visitors(
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
                new Visitors.Places(
                        url(gateway.http()),
                        url(results.http()),
                        List.of(url(gateway.management()), url(results.management()))),
                new Tokens(secrets.hs256(), Provider.ISSUER, Provider.AUDIENCE, Clock.systemUTC())
                        .token("organiser", "ballots:write"),
                provider::token,
                repository);
    }

    private static URI url(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    /**
     * Starts an app that listens, always on the same ports and the same data.
     *
     * @param command with which it is started, without arguments
     * @param name of this start, for its log
     */
    RunningApp start(ImageApp app, List<String> command, Path workingDirectory, String name) throws IOException {
        List<String> words = new ArrayList<>(command);
        words.addAll(arguments(app));
        return RunningApp.start(name, words, workingDirectory, environment(app), log(name));
    }

    /** Starts an app that does not listen, with these arguments. */
    RunningApp run(List<String> command, List<String> arguments, Path workingDirectory, String name)
            throws IOException {
        List<String> words = new ArrayList<>(command);
        words.addAll(arguments);
        return RunningApp.start(name, words, workingDirectory, Map.of(), log(name));
    }

    private Path log(String name) {
        return folder.resolve("logs").resolve(name + ".log");
    }

    private List<String> arguments(ImageApp app) {
        Ports own = ports(app);
        List<String> arguments = new ArrayList<>(List.of(
                "--server.address=127.0.0.1",
                "--server.port=" + own.http(),
                "--management.server.address=127.0.0.1",
                "--management.server.port=" + own.management(),
                "--spring.kafka.bootstrap-servers=" + bootstrapServers(),
                // All requests come from one address.
                "--votelog.limits.address.connections=0",
                "--votelog.limits.reads.rate=0"));
        if (app == ImageApp.PRODUCER) {
            arguments.add("--votelog.limits.address.rate=0");
            arguments.add("--votelog.auth.jwk-set-uri=" + provider.keys());
            arguments.add("--votelog.auth.issuer=" + Provider.ISSUER);
            arguments.add("--votelog.auth.audience=" + Provider.AUDIENCE);
        } else {
            arguments.add("--votelog.streams.advertised=127.0.0.1:" + own.http());
        }
        return arguments;
    }

    private Map<String, String> environment(ImageApp app) {
        Map<String, String> environment = new LinkedHashMap<>(app.environment());
        if (app == ImageApp.STREAMS) {
            environment.put("VOTELOG_STREAMS_STATE_DIR", folder.resolve("state").toString());
        }
        environment.putAll(secrets.environment(app == ImageApp.PRODUCER ? App.PRODUCER : App.STREAMS));
        return environment;
    }

    private Ports ports(ImageApp app) {
        return ports.computeIfAbsent(app, any -> new Ports(free.next(), free.next()));
    }

    int managementPort(ImageApp app) {
        return ports(app).management();
    }

    /** Stops both; apps are stopped by whoever started them. */
    @Override
    public void close() {
        provider.close();
        kafka.close();
    }
}
