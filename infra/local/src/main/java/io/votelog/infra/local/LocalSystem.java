// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.broker.ChildStartException;
import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.system.Address;
import io.votelog.infra.system.App;
import io.votelog.infra.system.AppProcess;
import io.votelog.infra.system.AuditorJar;
import io.votelog.infra.system.BallotPublisher;
import io.votelog.infra.system.BallotSource;
import io.votelog.infra.system.Environment;
import io.votelog.infra.system.Instance;
import io.votelog.infra.system.RunningSystem;
import io.votelog.infra.system.Secrets;
import io.votelog.infra.system.Tokens;
import io.votelog.infra.system.observe.PrometheusProcess;
import io.votelog.infra.system.sealer.SealerProcess;
import io.votelog.infra.system.secure.SystemSecurity;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The system of one run, started, watched and stopped by one thread, the one that calls {@link #run}. Signals and deaths
 * reach it through a queue.
 */
final class LocalSystem {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final long POLL_MS = 150;
    private static final String BALLOTS_WRITE = "ballots:write";

    private final Options options;
    private final Path root;
    private final Folders folders;
    private final Environment environment;
    private final Display display;
    private final List<BallotSource> ballots;
    private final LocalPlan plan;
    private final Sealers sealers;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Thread runner = Thread.currentThread();
    private volatile boolean interruptible;
    private @Nullable RunningSystem system;
    private @Nullable PrometheusProcess prometheus;
    private @Nullable Demo demo;

    /** What happens to a run from outside. */
    private sealed interface Event {
        record StopAsked() implements Event {}

        record Died(ChildJvm child) implements Event {}

        /** Votes are taken and counted without it. */
        record ObserverEnded() implements Event {}
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
        this.sealers = new Sealers(options, folders);
        this.plan = new LocalPlan(options, environment, sealers);
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
        if (options.observe() && PrometheusProcess.program().isEmpty()) {
            throw new UpException(
                    "--observe asks for Prometheus, which is not installed: Debian's package is prometheus; or start without --observe");
        }
        Address.requireFree(plan.addresses(), "stop what listens there, or run with --port-offset N");
        if (options.fresh()) {
            forget();
        }
        Secrets secrets = SecretFiles.readOrMake(folders, environment);
        interruptible = true;
        if (!events.isEmpty()) {
            throw new InterruptedException();
        }
        display.phase("starting");
        SystemSecurity security = options.secure() ? security() : null;
        RunningSystem starting = new RunningSystem(plan.of(root, folders, secrets, security));
        system = starting;
        display.begin("kafka", "Kafka to answer; its logs: " + folders.kafka());
        KafkaCluster kafka = starting.startKafka();
        kafka.processes().forEach(this::watchFor);
        display.done("kafka");

        List<AppProcess> apps = new ArrayList<>();
        for (Instance instance : plan.instances()) {
            display.begin(
                    instance.name(),
                    instance.name() + " to be ready; its log: "
                            + folders.ofSystem().log(instance.name()));
            AppProcess app = starting.start(instance);
            watchFor(app.child());
            apps.add(app);
        }
        awaitReady(apps);
        startSealers(kafka, secrets, security);
        if (options.observe()) {
            observe();
        }

        // The gateways inherit the environment; what it has them ask of tokens holds for these too.
        Tokens tokens = new Tokens(
                secrets.hs256(),
                environment.setting("votelog.auth.issuer").orElse(null),
                environment.setting("votelog.auth.audience").orElse(null),
                Clock.systemUTC());
        HttpClient http = http(security);
        publish(starting, http, tokens);
        awaitSealers();
        display.endPhase();
        greet(kafka, security);
        if (options.demo() > 0) {
            Demo voters = new Demo(
                    http,
                    starting.gateways(),
                    ballots.get(ballots.size() - 1).ballot(),
                    tokens,
                    options.demo(),
                    display::line);
            demo = voters;
            voters.start();
        }
        interruptible = false;
    }

    private void observe() throws InterruptedException {
        display.begin("prometheus", "Prometheus to be ready; what it keeps: " + folders.observed());
        PrometheusProcess started = PrometheusProcess.start(
                root, folders.observed(), plan.prometheus().port(), plan.scraped());
        prometheus = started;
        started.onExit(() -> events.add(new Event.ObserverEnded()));
        display.done("prometheus");
    }

    private void requireJars() {
        for (App app : App.values()) {
            requireJar(app.jar(root));
        }
        if (!sealers.names().isEmpty()) {
            requireJar(AuditorJar.in(root));
        }
    }

    private static void requireJar(Path jar) {
        if (Files.notExists(jar)) {
            throw new UpException(
                    "%s is missing: build it with ./mvnw -DskipTests package, or start with infra/up, which does"
                            .formatted(jar));
        }
    }

    private void forget() {
        List<Path> forgotten = folders.forget();
        display.line(
                forgotten.isEmpty()
                        ? "--fresh: nothing to forget in " + folders.home()
                        : "--fresh: removed "
                                + String.join(
                                        " and ",
                                        forgotten.stream().map(Path::toString).toList()));
    }

    private SystemSecurity security() {
        for (Path needed : SystemSecurity.neededWithALog(folders.security())) {
            if (Files.exists(folders.kafka()) && Files.notExists(needed)) {
                throw new UpException(
                        "%s is gone, and nobody gets into the brokers of %s without it: put it back, or forget the votes with --fresh"
                                .formatted(needed, folders.kafka()));
            }
        }
        try {
            return SystemSecurity.in(folders.security());
        } catch (IOException e) {
            throw new UpException("the certificates and users in %s cannot be read or made: %s"
                    .formatted(folders.security(), e.getMessage()));
        }
    }

    private static HttpClient http(@Nullable SystemSecurity security) {
        HttpClient.Builder client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_TIMEOUT);
        return (security == null ? client : client.sslContext(security.trust())).build();
    }

    private void publish(RunningSystem starting, HttpClient http, Tokens tokens) throws InterruptedException {
        display.begin("ballot", "the ballots to be taken votes for at every gateway");
        BallotPublisher publisher = new BallotPublisher(
                http,
                starting.gateways(),
                () -> tokens.token("infra/up", BALLOTS_WRITE),
                options.patience(),
                this::requireAlive);
        for (BallotSource ballot : ballots) {
            publisher.publish(ballot);
            ballot.notes()
                    .forEach(note ->
                            display.line("%s: %s %s".formatted(ballot.ballot().id(), note.at(), note.detail())));
        }
        display.done("ballot");
    }

    private void watchFor(ChildJvm child) {
        child.onExit().thenAccept(ended -> events.add(new Event.Died(ended)));
    }

    private void awaitReady(List<AppProcess> waiting) throws InterruptedException {
        long end = System.nanoTime() + options.patience().toNanos();
        while (!waiting.isEmpty()) {
            endFor(events.poll(POLL_MS, TimeUnit.MILLISECONDS));
            waiting.removeIf(app -> {
                boolean ready = app.ready();
                if (ready) {
                    display.done(app.name());
                }
                return ready;
            });
            if (System.nanoTime() - end > 0 && !waiting.isEmpty()) {
                AppProcess slow = waiting.get(0);
                throw new UpException("%s is not ready after %d min (--wait); its log: %s"
                        .formatted(slow.name(), options.patience().toMinutes(), slow.logFile()));
            }
        }
    }

    private void startSealers(KafkaCluster kafka, Secrets secrets, @Nullable SystemSecurity security) {
        sealers.names()
                .forEach(name -> display.begin(
                        name,
                        name + " to be ready; its log: " + folders.ofSystem().log(name)));
        sealers.start(root, kafka.bootstrapServers(), secrets.publicKeys(), security)
                .forEach(sealer -> watchFor(sealer.child()));
    }

    private void awaitSealers() throws InterruptedException {
        List<SealerProcess> waiting = new ArrayList<>(sealers.started());
        long end = System.nanoTime() + options.patience().toNanos();
        while (!waiting.isEmpty()) {
            endFor(events.poll(POLL_MS, TimeUnit.MILLISECONDS));
            waiting.removeIf(sealer -> {
                boolean ready = sealer.ready();
                if (ready) {
                    display.done(sealer.name());
                }
                return ready;
            });
            if (System.nanoTime() - end > 0 && !waiting.isEmpty()) {
                throw new UpException("%s is not ready after %d min (--wait); its log: %s"
                        .formatted(
                                waiting.get(0).name(),
                                options.patience().toMinutes(),
                                waiting.get(0).child().logFile()));
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

    private void watch() throws InterruptedException {
        int alive = system == null
                ? 0
                : system.processes().size() + sealers.processes().size();
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
            if (event instanceof Event.ObserverEnded) {
                display.line("Prometheus has ended; its log: %s; the rest goes on"
                        .formatted(folders.observed().resolve("prometheus.log")));
            }
        }
    }

    /** As {@link RunningSystem#close} does, part by part, so that each is shown. */
    private void stopAll() {
        if (demo != null) {
            demo.close();
        }
        RunningSystem running = system;
        if (running == null || running.startedKafka().isEmpty()) {
            display.endPhase();
            return;
        }
        display.phase("stopping");
        if (prometheus != null) {
            prometheus.close();
        }
        if (sealers.processes().stream().anyMatch(ChildJvm::isAlive)) {
            display.begin("sealer");
            sealers.stop();
            display.done("sealer");
        }
        for (App app : App.values()) {
            if (running.apps(app).stream().anyMatch(AppProcess::alive)) {
                display.begin(app.appName());
                running.stop(app);
                display.done(app.appName());
            }
        }
        display.begin("kafka");
        running.stopKafka();
        display.done("kafka");
        display.endPhase();
    }

    /** A broker's message has the end of its log below the first line; of that, the line that says most is taken. */
    private static String startFailure(ChildStartException e) {
        List<String> lines = String.valueOf(e.getMessage()).lines().toList();
        String tail = LastWords.meaningful(lines.subList(1, lines.size()));
        return lines.get(0) + (tail.isEmpty() ? "" : " " + tail);
    }

    private void greet(KafkaCluster kafka, @Nullable SystemSecurity security) {
        Instance write = first(App.PRODUCER);
        Instance read = first(App.STREAMS);
        for (BallotSource source : ballots) {
            display.line(Greeting.addresses(source.ballot().id(), write, read));
        }
        display.line(
                Greeting.underneath(plan.instances(), sealers.urls(), sealers.publicKeys(), kafka.bootstrapServers()));
        if (prometheus != null) {
            display.line(Greeting.observed(prometheus.url()));
        }
        if (security != null) {
            display.line(Greeting.secured(security));
        }
        display.line(Greeting.toTry(
                ballots.get(0).ballot().id(),
                write,
                read,
                plan.givesTokens(),
                security == null ? "curl -s" : "curl -s --cacert " + security.authority()));
        display.line("Logs are in " + folders.logs() + ". Ctrl-C stops it.");
    }

    private Instance first(App app) {
        return plan.instances().stream()
                .filter(instance -> instance.app() == app)
                .findFirst()
                .orElseThrow();
    }
}
