// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.system.secure.SystemSecurity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The process that an instance of a plan is started as: jar, JVM, arguments, environment. */
final class AppCommand {
    private final SystemPlan plan;
    private final Instance instance;
    private final String bootstrapServers;

    AppCommand(SystemPlan plan, Instance instance, String bootstrapServers) {
        this.plan = plan;
        this.instance = instance;
        this.bootstrapServers = bootstrapServers;
    }

    /** @throws SystemException where the app is not built */
    static Path requireJar(Path repository, App app) {
        Path jar = app.jar(repository);
        if (Files.notExists(jar)) {
            throw new SystemException(jar + " is missing: build it there with ./mvnw -DskipTests package");
        }
        return jar;
    }

    /** @throws SystemException where the app is not built */
    ChildJvm.Builder child() {
        ChildJvm.Builder child = ChildJvm.ofBootJar(
                        instance.name(), requireJar(plan.builds().apply(instance), instance.app()))
                .workingDir(plan.folders().home())
                .logFile(plan.folders().log(instance.name()))
                .jvmArgs(plan.options(instance.app()).jvmArgs().toArray(String[]::new))
                .args(arguments().toArray(String[]::new));
        if (instance.app() == App.STREAMS) {
            // Not on the command line, which would win over what one instance is started with.
            child.env(
                    "VOTELOG_STREAMS_ADVERTISED", "127.0.0.1:" + instance.http().port());
        }
        plan.secrets().environment(instance.app()).forEach(child::env);
        SystemSecurity security = plan.security();
        if (security != null) {
            // Every user of the machine sees a command line.
            security.appEnvironment(instance.app().role()).forEach(child::env);
        }
        return plan.touch().apply(child);
    }

    List<String> arguments() {
        AppOptions options = plan.options(instance.app());
        List<String> arguments = new ArrayList<>(List.of(
                "--server.address=127.0.0.1",
                "--server.port=" + instance.http().port(),
                "--management.server.address=127.0.0.1",
                "--management.server.port=" + instance.management().port(),
                "--spring.kafka.bootstrap-servers=" + bootstrapServers));
        Map<String, String> settings = new LinkedHashMap<>();
        publicUrl(App.PRODUCER).ifPresent(url -> settings.put("votelog.public-urls.producer", url));
        publicUrl(App.STREAMS).ifPresent(url -> settings.put("votelog.public-urls.streams", url));
        SystemSecurity security = plan.security();
        if (security != null) {
            settings.putAll(security.appSettings());
        }
        settings.putAll(options.settings());
        settings.forEach((key, value) -> {
            // A command line would win over the environment, which the app inherits.
            if (plan.given().setting(key).isEmpty()) {
                arguments.add("--" + key + "=" + value);
            }
        });
        if (instance.app() == App.STREAMS) {
            arguments.add(
                    "--votelog.streams.state-dir=" + plan.folders().stores().resolve(instance.name()));
        }
        arguments.addAll(options.arguments());
        return arguments;
    }

    /**
     * The first gateway goes with the first streams-app, and so on; where one side has fewer, its last goes with all further ones. An instance that
     * the plan does not have goes with the first.
     */
    private Optional<String> publicUrl(App app) {
        List<Instance> side = plan.instances(app);
        int number = Math.max(0, plan.instances(instance.app()).indexOf(instance));
        return side.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        side.get(Math.min(number, side.size() - 1)).http().url().toString());
    }
}
