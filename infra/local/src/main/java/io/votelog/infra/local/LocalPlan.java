// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import io.votelog.infra.system.Address;
import io.votelog.infra.system.App;
import io.votelog.infra.system.AppOptions;
import io.votelog.infra.system.BrokerPlan;
import io.votelog.infra.system.Environment;
import io.votelog.infra.system.Instance;
import io.votelog.infra.system.Secrets;
import io.votelog.infra.system.SystemPlan;
import io.votelog.infra.system.observe.PrometheusProcess;
import io.votelog.infra.system.secure.SystemSecurity;
import io.votelog.web.settings.Loopback;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What {@code infra/up} starts: one broker and one of each app, or three and two, on ports that people know. */
final class LocalPlan {
    private static final int KAFKA_PORT = 9092;
    private static final int PROMETHEUS_PORT = 9090;
    private static final int BROKERS = 3;
    private static final String DEV_TOKENS = "votelog.dev.tokens";

    private final Options options;
    private final Environment environment;
    private final List<Instance> instances;
    private final Sealers sealers;

    /**
     * @param environment what the apps inherit
     * @param sealers that seal the log, if any
     */
    LocalPlan(Options options, Environment environment, Sealers sealers) {
        this.options = options;
        this.environment = environment;
        this.sealers = sealers;
        this.instances = Stream.of(App.values()).flatMap(this::instances).toList();
    }

    private Stream<Instance> instances(App app) {
        String name = app.appName();
        return options.cluster()
                ? IntStream.of(1, 2).mapToObj(number -> instance(app, name + "-" + number, number))
                : Stream.of(instance(app, name, 1));
    }

    private Instance instance(App app, String name, int number) {
        // The sides' ports alternate: 8080 and 8082 are gateways', 8081 and 8083 the results'.
        int port = options.portOffset()
                + 2 * (number - 1)
                + switch (app) {
                    case PRODUCER -> 8080;
                    case STREAMS -> 8081;
                };
        String use =
                switch (app) {
                    case PRODUCER -> "the ballot API";
                    case STREAMS -> "the results";
                };
        return new Instance(
                app, name, new Address(port, use, options.secure()), new Address(port + 1000, "the health of " + name));
    }

    List<Instance> instances() {
        return instances;
    }

    /** Where anything of it listens, Kafka's controller aside. */
    List<Address> addresses() {
        List<Address> all = new ArrayList<>();
        int first = KAFKA_PORT + options.portOffset();
        IntStream.range(first, first + brokers()).forEach(port -> all.add(new Address(port, "Kafka")));
        for (Instance instance : instances) {
            all.add(instance.http());
            all.add(instance.management());
        }
        all.addAll(sealers.addresses());
        if (options.observe()) {
            all.add(prometheus());
        }
        return all;
    }

    /** Where Prometheus listens, if it is asked for. */
    Address prometheus() {
        return new Address(PROMETHEUS_PORT + options.portOffset(), "Prometheus");
    }

    /** What Prometheus scrapes. */
    List<PrometheusProcess.Job> scraped() {
        Stream<PrometheusProcess.Job> apps = Stream.of(App.values())
                .map(app -> PrometheusProcess.Job.of(
                        app,
                        instances.stream()
                                .filter(instance -> instance.app() == app)
                                .map(instance -> instance.management().port())
                                .toList()));
        return Stream.concat(apps, Stream.of(PrometheusProcess.Job.ofSealers(sealers.managementPorts())))
                .filter(job -> !job.ports().isEmpty())
                .toList();
    }

    private int brokers() {
        return options.cluster() ? BROKERS : 1;
    }

    /**
     * The system to be started.
     *
     * @param root the repository, with the apps' jars
     * @param security its certificates and users; null where it is not secured
     */
    SystemPlan of(Path root, Folders folders, Secrets secrets, @Nullable SystemSecurity security) {
        SystemPlan.Builder plan = SystemPlan.of(root, folders.ofSystem())
                .brokers(BrokerPlan.of(brokers())
                        .at(KAFKA_PORT + options.portOffset())
                        .withSettings(options.flush() ? Map.of("log.flush.interval.messages", "1") : Map.of()))
                .secrets(secrets)
                .given(environment)
                .patience(options.patience())
                .instances(instances);
        if (security != null) {
            plan.secured(security);
        }
        for (App app : App.values()) {
            plan.options(app, AppOptions.of(app).withSettings(settings(app)));
        }
        return plan.build();
    }

    private Map<String, String> settings(App app) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("votelog.cors.allowed-origins", origins());
        // Everybody here comes from one address.
        settings.put("votelog.limits.address.connections", "0");
        settings.put("votelog.limits.reads.rate", "0");
        if (options.flush()) {
            settings.put("votelog.topics.flush", "true");
        }
        if (options.secure()) {
            // A browser would speak https alone with localhost from then on, whatever listens there.
            settings.put("votelog.hsts.max-age", "0s");
        }
        switch (app) {
            case PRODUCER -> {
                settings.put(DEV_TOKENS, Boolean.toString(givesTokens()));
                settings.put("votelog.limits.address.rate", "0");
                settings.put("votelog.topics.start-timeout", options.patience().toSeconds() + "s");
            }
            case STREAMS -> {
                settings.put("votelog.results.max-readers-per-address", "0");
                List<String> sealed = sealers.urls().stream().map(URI::toString).toList();
                if (!sealed.isEmpty()) {
                    settings.put("votelog.sealed-log.urls", String.join(",", sealed));
                    settings.put("votelog.public-urls.sealed-log", sealed.get(0));
                }
            }
        }
        return settings;
    }

    /** Whether anyone gets a token for any user: where nobody else issues them, and nobody else is served. */
    boolean givesTokens() {
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
                instances.stream()
                        .flatMap(instance -> Stream.of("127.0.0.1", "localhost")
                                .map(host -> instance.http().url().getScheme() + "://" + host + ":"
                                        + instance.http().port()))
                        .toList());
    }
}
