// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.log;

import io.votelog.infra.bench.system.AppsOption;
import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.system.App;
import io.votelog.infra.system.AppOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a program starts streams-app on a log that it has made, and the broker beneath. */
public final class CountingOptions {
    @Option(names = "--heap", defaultValue = "1g", description = "of each; default: ${DEFAULT-VALUE}")
    public String heap = "1g";

    @Option(names = "--jvm-arg", paramLabel = "ARG", description = "a further option of their JVMs; may be given again")
    List<String> jvmArgs = new ArrayList<>();

    @Option(
            names = "--streams-arg",
            paramLabel = "ARG",
            description = "a further argument of streams-app; may be given again")
    List<String> streamsArgs = new ArrayList<>();

    @Mixin
    AppsOption apps = new AppsOption();

    @Option(names = "--broker-heap", defaultValue = "1g", description = "default: ${DEFAULT-VALUE}")
    public String brokerHeap = "1g";

    /** The options of the JVM of streams-app, and of all that is compared with it. */
    public String[] jvm() {
        return AppOptions.jvm(heap, jvmArgs.toArray(String[]::new)).toArray(String[]::new);
    }

    /**
     * An instance of streams-app that counts the log, to be started.
     *
     * @param name as its log file has it
     * @param applicationId the same for all instances that share the partitions
     * @param state its directory
     * @param more further arguments
     */
    public ChildJvm.Builder app(
            String name, MadeLog log, String applicationId, Path state, int port, int managementPort, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.kafka.bootstrap-servers=" + log.bootstrapServers(),
                "--votelog.log.public-keys=" + log.publicKey(),
                "--votelog.topics.partitions=" + log.partitions(),
                "--votelog.streams.application-id=" + applicationId,
                "--votelog.streams.state-dir=" + state,
                "--server.address=127.0.0.1",
                "--server.port=" + port,
                "--management.server.address=127.0.0.1",
                "--management.server.port=" + managementPort));
        arguments.addAll(List.of(more));
        arguments.addAll(streamsArgs);
        return ChildJvm.ofBootJar(name, jar()).jvmArgs(jvm()).args(arguments.toArray(String[]::new));
    }

    private Path jar() {
        Path jar = App.STREAMS.jar(apps.repository());
        if (Files.notExists(jar)) {
            throw new BenchException(jar + " is missing: build it there with ./mvnw -DskipTests package");
        }
        return jar;
    }
}
