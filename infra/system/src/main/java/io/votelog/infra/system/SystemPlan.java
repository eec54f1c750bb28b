// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.system.secure.SystemSecurity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a system is made of: its brokers, its apps with their settings, and where its data and logs are. It starts nothing.
 *
 * @param builds the checkout of Votelog whose build an instance is started from, asked at each of its starts
 * @param folders where it keeps what it keeps
 * @param brokers what Kafka is made of
 * @param secrets what the apps are told of them
 * @param given the environment that the apps inherit: a setting that stands there is not set again
 * @param instances the apps, in the order of their start
 * @param options how each app is started
 * @param patience how long each part may take to be ready
 * @param touch what is done to each process, a broker or an app, before it is started
 * @param security its certificates and users; null where everybody on this machine may do everything
 */
public record SystemPlan(
        Function<Instance, Path> builds,
        SystemFolders folders,
        BrokerPlan brokers,
        Secrets secrets,
        Environment given,
        List<Instance> instances,
        Map<App, AppOptions> options,
        Duration patience,
        UnaryOperator<ChildJvm.Builder> touch,
        @Nullable SystemSecurity security) {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    public SystemPlan {
        instances = List.copyOf(instances);
        options = Map.copyOf(options);
    }

    /**
     * A plan to be made: one broker on a free port and no app, with new secrets.
     *
     * @param repository the checkout of Votelog whose build is run
     */
    public static Builder of(Path repository, SystemFolders folders) {
        return new Builder(repository, folders);
    }

    /** Those of one app, in order. */
    public List<Instance> instances(App app) {
        return instances.stream().filter(instance -> instance.app() == app).toList();
    }

    /** What a setting of an app is: as the inherited environment gives it, else as this plan does. */
    Optional<String> setting(App app, String key) {
        return given.setting(key)
                .or(() -> Optional.ofNullable(options(app).settings().get(key)));
    }

    AppOptions options(App app) {
        return options.getOrDefault(app, AppOptions.of(app));
    }

    /** What a plan is made of. */
    public static final class Builder {
        private final SystemFolders folders;
        private Function<Instance, Path> builds;
        private final List<Instance> instances = new ArrayList<>();
        private final Map<App, AppOptions> options = new EnumMap<>(App.class);
        private BrokerPlan brokers = BrokerPlan.single();
        private Secrets secrets = Secrets.drawn();
        private Environment given = new Environment(Map.of());
        private Duration patience = PATIENCE;
        private UnaryOperator<ChildJvm.Builder> touch = child -> child;
        private @Nullable SystemSecurity security;

        private Builder(Path repository, SystemFolders folders) {
            this.folders = folders;
            this.builds = instance -> repository;
        }

        /** The checkout whose build an instance is started from, asked at each of its starts: the plan's by default. */
        public Builder builds(Function<Instance, Path> checkouts) {
            this.builds = checkouts;
            return this;
        }

        /** How many brokers, where, and with what heap; a single one on a free port by default. */
        public Builder brokers(BrokerPlan plan) {
            this.brokers = plan;
            return this;
        }

        /** Those that the log was begun with. */
        public Builder secrets(Secrets known) {
            this.secrets = known;
            return this;
        }

        /** The environment that the apps inherit; nothing of it is a setting by default. */
        public Builder given(Environment environment) {
            this.given = environment;
            return this;
        }

        /** How long each part may take to be ready; two minutes by default. */
        public Builder patience(Duration limit) {
            this.patience = limit;
            return this;
        }

        /** What is done to each process, a broker or an app, before each of its starts: nothing by default. */
        public Builder processes(UnaryOperator<ChildJvm.Builder> beforeStart) {
            this.touch = beforeStart;
            return this;
        }

        /**
         * Has all of it speak TLS, and each part be a user of Kafka with its own password, who may do what the part must be able to. By
         * default everybody on this machine may do everything.
         */
        public Builder secured(SystemSecurity how) {
            this.security = how;
            return this;
        }

        /** How all instances of the app are started. */
        public Builder options(App app, AppOptions how) {
            options.put(app, how);
            return this;
        }

        /** Adds instances of the apps, which start in this order. */
        public Builder instances(List<Instance> more) {
            instances.addAll(more);
            return this;
        }

        /** Adds instances of the app on free ports, named as the app is, with a number where there are several. */
        public Builder instances(App app, int count, FreePorts ports) {
            for (int n = 1; n <= count; n++) {
                String name = count == 1 ? app.appName() : app.appName() + "-" + n;
                instances.add(Instance.onFreePorts(app, name, ports));
            }
            return this;
        }

        /** The plan, with the defaults of what was not said. */
        public SystemPlan build() {
            List<Instance> reached = security == null
                    ? instances
                    : instances.stream().map(Instance::overTls).toList();
            return new SystemPlan(
                    builds, folders, brokers, secrets, given, reached, options, patience, touch, security);
        }
    }
}
