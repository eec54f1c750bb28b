// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.system;

import io.votelog.infra.system.AppOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How the system under test is started. */
public final class SystemOptions {
    @Option(
            names = "--gateway-arg",
            paramLabel = "ARG",
            description = "a further argument of the gateway, such as --votelog.x=y; may be given again")
    List<String> gatewayArgs = new ArrayList<>();

    @Option(
            names = "--jvm-arg",
            paramLabel = "ARG",
            description =
                    "a further option of the JVMs that are compared (gateway, ceiling, peers); may be given again")
    List<String> jvmArgs = new ArrayList<>();

    @Option(
            names = "--streams-arg",
            paramLabel = "ARG",
            description = "a further argument of the read side; may be given again")
    List<String> streamsArgs = new ArrayList<>();

    @Mixin
    AppsOption apps = new AppsOption();

    @Option(names = "--heap", defaultValue = "384m", description = "of those JVMs; default: ${DEFAULT-VALUE}")
    String heap = "384m";

    @Option(names = "--broker-heap", defaultValue = "512m", description = "default: ${DEFAULT-VALUE}")
    String brokerHeap = "512m";

    @Option(names = "--connections", defaultValue = "512", description = "default: ${DEFAULT-VALUE}")
    public int connections;

    @Option(
            names = "--first-warmup-seconds",
            defaultValue = "30",
            description =
                    "before a server's first round, over few connections and then over all, until its code is compiled; default: ${DEFAULT-VALUE}")
    public int firstWarmupSeconds;

    @Option(names = "--seed", defaultValue = "1", description = "of votes and tokens; default: ${DEFAULT-VALUE}")
    public long seed;

    @Mixin
    FolderOption folder = new FolderOption();

    /** The repository whose apps are run, as an absolute path. */
    public Path apps() {
        return apps.repository();
    }

    /** The same for every JVM that is compared. */
    String[] jvm() {
        return AppOptions.jvm(heap, jvmArgs.toArray(String[]::new)).toArray(String[]::new);
    }
}
