// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.broker.ChildStartException;
import io.votelog.infra.broker.KafkaCluster;
import io.votelog.web.settings.Loopback;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The processes of one run, started, watched and stopped by one thread, the one that calls {@link #run}. Signals and deaths
 * reach it through a queue.
 */
final class LocalSystem {
    private static final int KAFKA_PORT = 9092;
    private static final int BROKERS = 3;
    private static final Duration APP_GRACE = Duration.ofSeconds(12);
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);
    private static final long POLL_MS = 150;
    private static final String BALLOTS_WRITE = "ballots:write";
    private static final String DEV_TOKENS = "votelog.dev.tokens";

    private final Options options;
    private final Path root;
    private final Folders folders;
    private final Environment environment;
    private final Display display;
    private final List<BallotSource> ballots;
    private final List<App> apps;
    private final Map<App, ChildJvm> children = new LinkedHashMap<>();
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Thread runner = Thread.currentThread();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PROBE_TIMEOUT)
            .build();
    private volatile boolean interruptible;
    private @Nullable KafkaCluster kafka;
    private @Nullable Demo demo;

    /** What happens to a run from outside. */
    private sealed interface Event {
        record StopAsked() implements Event {}

        record Died(ChildJvm child) implements Event {}
    }

    /**
     * @param root the repository, with the apps' jars
     * @param environment what both apps inherit
     * @param ballots to be published, in this order; the demo votes on the last
     */
    LocalSystem(
            Options options,
            Path root,
            Folders folders,
            Environment environment,
            Display display,
            List<BallotSource> ballots) {
        this.options = options;
        this.root = root;
        this.folders = folders;
        this.environment = environment;
        this.display = display;
        this.ballots = List.copyOf(ballots);
        this.apps = Stream.of(App.Side.values())
                .flatMap(side -> side.apps(options.cluster(), options.portOffset()).stream())
                .toList();
    }

    /** Asks it to stop, from any thread. */
    void stop() {
        events.add(new Event.StopAsked());
        if (interruptible) {
            runner.interrupt();
        }
    }

    /**
     * Starts everything, and returns when it was asked to stop and everything is stopped.
     *
     * @throws UpException where it cannot start, or something died; everything is stopped then too
     */
    void run() {
        try {
            start();
            watch();
        } catch (InterruptedException e) {
            // It was asked to stop while it started.
        } catch (ChildStartException e) {
            if (events.stream().noneMatch(Event.StopAsked.class::isInstance)) {
                throw new UpException(startFailure(e));
            }
        } finally {
            interruptible = false;
            boolean ignored = Thread.interrupted();
            stopAll();
        }
    }

    private void start() throws InterruptedException {
        requireJars();
        Address.requireFree(addresses());
        if (options.fresh()) {
            List<Path> forgotten = folders.forget();
            display.line(
                    forgotten.isEmpty()
                            ? "--fresh: nothing to forget in " + folders.home()
                            : "--fresh: removed "
                                    + String.join(
                                            " and ",
                                            forgotten.stream()
                                                    .map(Path::toString)
                                                    .toList()));
        }
        Secrets secrets = Secrets.readOrMake(folders, environment);
        interruptible = true;
        if (!events.isEmpty()) {
            throw new InterruptedException();
        }
        display.phase("starting");
        display.begin("kafka", "Kafka to answer; its logs: " + folders.kafka());
        KafkaCluster cluster = kafkaBuilder().start();
        kafka = cluster;
        cluster.processes().forEach(this::watchFor);
        display.done("kafka");

        for (App app : apps) {
            display.begin(app.name(), app.name() + " to be ready; its log: " + log(app));
            ChildJvm child = child(app, secrets, cluster.bootstrapServers());
            children.put(app, child);
            watchFor(child);
        }
        awaitReady(new ArrayList<>(apps));

        display.begin("ballot", "the ballots to be taken votes for at every gateway");
        // The gateways inherit the environment; what it has them ask of tokens holds for these too.
        Tokens tokens = new Tokens(
                secrets.hs256(),
                environment.setting("votelog.auth.issuer").orElse(null),
                environment.setting("votelog.auth.audience").orElse(null),
                Clock.systemUTC());
        List<URI> gateways =
                of(App.Side.PRODUCER).stream().map(app -> app.http().url()).toList();
        Publisher publisher = new Publisher(
                http, gateways, () -> tokens.token("infra/up", BALLOTS_WRITE), options.patience(), this::requireAlive);
        for (BallotSource ballot : ballots) {
            publisher.publish(ballot);
            ballot.notes()
                    .forEach(note ->
                            display.line("%s: %s %s".formatted(ballot.ballot().id(), note.at(), note.detail())));
        }
        display.done("ballot");
        display.endPhase();
        greet();
        if (options.demo() > 0) {
            Demo voters = new Demo(
                    http, gateways, ballots.get(ballots.size() - 1).ballot(), tokens, options.demo(), display::line);
            demo = voters;
            voters.start();
        }
        interruptible = false;
    }

    private void requireJars() {
        for (App.Side side : App.Side.values()) {
            if (Files.notExists(root.resolve(side.jar()))) {
                throw new UpException(
                        "%s is missing: build it with ./mvnw -DskipTests package, or start with infra/up, which does"
                                .formatted(root.resolve(side.jar())));
            }
        }
    }

    private List<Address> addresses() {
        List<Address> all = new ArrayList<>();
        int first = KAFKA_PORT + options.portOffset();
        IntStream.range(first, first + (options.cluster() ? BROKERS : 1))
                .forEach(port -> all.add(new Address(port, "Kafka")));
        for (App app : apps) {
            all.add(app.http());
            all.add(app.management());
        }
        return all;
    }

    private KafkaCluster.Builder kafkaBuilder() {
        KafkaCluster.Builder builder = options.cluster()
                ? KafkaCluster.cluster(folders.kafka(), BROKERS)
                : KafkaCluster.single(folders.kafka());
        return builder.port(KAFKA_PORT + options.portOffset()).startupTimeout(options.patience());
    }

    private ChildJvm child(App app, Secrets secrets, String bootstrapServers) {
        boolean write = app.side() == App.Side.PRODUCER;
        ChildJvm.Builder builder = ChildJvm.ofBootJar(
                        app.name(), root.resolve(app.side().jar()))
                .workingDir(folders.home())
                .logFile(log(app))
                .jvmArgs(
                        "-Xmx" + app.side().heap(),
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:MaxMetaspaceSize=192m",
                        "-Djava.awt.headless=true")
                .args(settings(app, bootstrapServers));
        tell(builder, Secrets.PUBLIC_KEYS_KEY, secrets.publicKeys());
        // What was given by environment comes to every child; the read side has no use for these.
        tell(builder, Secrets.PEPPER_KEY, write ? secrets.pepper() : "");
        tell(builder, Secrets.PRIVATE_KEY_KEY, write ? secrets.privateKey() : "");
        tell(builder, Secrets.HS256_KEY, write ? secrets.hs256() : "");
        return builder.start();
    }

    private static void tell(ChildJvm.Builder child, String key, String value) {
        Environment.names(key).forEach(name -> child.env(name, value));
    }

    private Path log(App app) {
        return folders.logs().resolve(app.name() + ".log");
    }

    private String[] settings(App app, String bootstrapServers) {
        int number = of(app.side()).indexOf(app);
        List<String> settings = new ArrayList<>(List.of(
                "--server.address=127.0.0.1",
                "--server.port=" + app.http().port(),
                "--management.server.address=127.0.0.1",
                "--management.server.port=" + app.management().port(),
                "--spring.kafka.bootstrap-servers=" + bootstrapServers));
        unlessGiven(
                settings,
                "votelog.public-urls.producer",
                of(App.Side.PRODUCER).get(number).http().url().toString());
        unlessGiven(
                settings,
                "votelog.public-urls.streams",
                of(App.Side.STREAMS).get(number).http().url().toString());
        unlessGiven(settings, "votelog.cors.allowed-origins", origins());
        // Everybody here comes from one address.
        unlessGiven(settings, "votelog.limits.address.connections", "0");
        unlessGiven(settings, "votelog.limits.reads.rate", "0");
        if (app.side() == App.Side.PRODUCER) {
            unlessGiven(settings, DEV_TOKENS, Boolean.toString(givesTokens()));
            unlessGiven(settings, "votelog.limits.address.rate", "0");
            unlessGiven(
                    settings, "votelog.topics.start-timeout", options.patience().toSeconds() + "s");
        } else {
            unlessGiven(settings, "votelog.results.max-readers-per-address", "0");
            settings.add("--votelog.streams.state-dir=" + folders.streams(app.name()));
            settings.add("--votelog.streams.advertised=127.0.0.1:" + app.http().port());
        }
        return settings.toArray(String[]::new);
    }

    /** A command line would win over the environment, which the app inherits. */
    private void unlessGiven(List<String> settings, String key, String value) {
        if (environment.setting(key).isEmpty()) {
            settings.add("--" + key + "=" + value);
        }
    }

    /** Whether anyone gets a token for any user: where nobody else issues them, and nobody else is served. */
    private boolean givesTokens() {
        return environment
                .setting(DEV_TOKENS)
                .map(Boolean::parseBoolean)
                .orElseGet(() -> Stream.of(
                                        "votelog.auth.jwk-set-uri",
                                        "votelog.sign-in.issuer",
                                        "votelog.public-urls.producer",
                                        "votelog.public-urls.streams")
                                .allMatch(key -> environment.setting(key).isEmpty())
                        && environment
                                .setting("votelog.auth.issuer")
                                .flatMap(Loopback::hostNamedBy)
                                .isEmpty()
                        && environment.setting("votelog.cors.allowed-origins").isEmpty());
    }

    /** Each side's pages may call the other side, under both names that a browser may know this machine by. */
    private String origins() {
        return String.join(
                ",",
                apps.stream()
                        .flatMap(app -> Stream.of("127.0.0.1", "localhost")
                                .map(host -> "http://" + host + ":" + app.http().port()))
                        .toList());
    }

    private void watchFor(ChildJvm child) {
        child.onExit().thenAccept(ended -> events.add(new Event.Died(ended)));
    }

    private void awaitReady(List<App> waiting) throws InterruptedException {
        long end = System.nanoTime() + options.patience().toNanos();
        while (!waiting.isEmpty()) {
            endFor(events.poll(POLL_MS, TimeUnit.MILLISECONDS));
            waiting.removeIf(app -> {
                boolean ready = ready(app);
                if (ready) {
                    display.done(app.name());
                }
                return ready;
            });
            if (System.nanoTime() - end > 0 && !waiting.isEmpty()) {
                App slow = waiting.get(0);
                throw new UpException("%s is not ready after %d min (--wait); its log: %s"
                        .formatted(slow.name(), options.patience().toMinutes(), log(slow)));
            }
        }
    }

    /** While it starts: ends that when it was asked to stop, or something died. */
    private void requireAlive() throws InterruptedException {
        endFor(events.poll());
    }

    private static void endFor(@Nullable Event event) throws InterruptedException {
        if (event instanceof Event.StopAsked) {
            throw new InterruptedException();
        }
        if (event instanceof Event.Died died) {
            throw new UpException(LastWords.of(died.child()));
        }
    }

    private boolean ready(App app) {
        HttpRequest request = HttpRequest.newBuilder(app.management().url().resolve("/actuator/health/readiness"))
                .timeout(PROBE_TIMEOUT)
                .build();
        try {
            HttpResponse<Void> answer = http.send(request, BodyHandlers.discarding());
            return answer.statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void watch() throws InterruptedException {
        int alive = children.size() + kafkaProcesses().size();
        while (true) {
            Event event = events.take();
            if (event instanceof Event.StopAsked) {
                return;
            }
            if (event instanceof Event.Died died) {
                String words = LastWords.of(died.child());
                alive--;
                if (!options.cluster()) {
                    throw new UpException(words);
                }
                if (alive == 0) {
                    throw new UpException(words + "; it was the last one");
                }
                display.line(words + "; the rest goes on");
            }
        }
    }

    private void stopAll() {
        if (demo != null) {
            demo.close();
        }
        if (kafka == null && children.isEmpty()) {
            display.endPhase();
            return;
        }
        display.phase("stopping");
        for (App.Side side : App.Side.values()) {
            List<ChildJvm> running = of(side).stream()
                    .map(children::get)
                    .filter(child -> child != null && child.isAlive())
                    .toList();
            if (!running.isEmpty()) {
                display.begin(side.appName());
                stop(running);
                display.done(side.appName());
            }
        }
        if (kafka != null) {
            display.begin("kafka");
            kafka.close();
            display.done("kafka");
        }
        display.endPhase();
    }

    private static void stop(List<ChildJvm> running) {
        running.forEach(ChildJvm::terminate);
        long end = System.nanoTime() + APP_GRACE.toNanos();
        for (ChildJvm child : running) {
            if (!child.awaitEnd(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                child.kill();
            }
        }
    }

    private List<ChildJvm> kafkaProcesses() {
        return kafka == null ? List.of() : kafka.processes();
    }

    private List<App> of(App.Side side) {
        return apps.stream().filter(app -> app.side() == side).toList();
    }

    private App first(App.Side side) {
        return of(side).get(0);
    }

    /** A broker's message has the end of its log below the first line; of that, the line that says most is taken. */
    private static String startFailure(ChildStartException e) {
        List<String> lines = String.valueOf(e.getMessage()).lines().toList();
        String tail = LastWords.meaningful(lines.subList(1, lines.size()));
        return lines.get(0) + (tail.isEmpty() ? "" : " " + tail);
    }

    private void greet() {
        App write = first(App.Side.PRODUCER);
        App read = first(App.Side.STREAMS);
        for (BallotSource source : ballots) {
            display.line(Greeting.addresses(source.ballot().id(), write, read));
        }
        display.line(Greeting.underneath(apps, kafka == null ? "" : kafka.bootstrapServers()));
        display.line(Greeting.toTry(ballots.get(0).ballot().id(), write, read, givesTokens()));
        display.line("Logs are in " + folders.logs() + ". Ctrl-C stops it.");
    }
}
