// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import io.votelog.infra.broker.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The auditor as it is built. Each command is a process of its own. */
public final class AuditorJar {
    private final Path jar;
    private final Path folder;
    private final List<String> jvmArgs;

    /**
     * @param repository the checkout whose build is run
     * @param folder where it works; its logs are in {@code logs} below
     * @param jvmArgs all options of its JVM
     * @throws SystemException where it is not built
     */
    public AuditorJar(Path repository, Path folder, List<String> jvmArgs) {
        this.jar = in(repository);
        this.folder = folder;
        this.jvmArgs = List.copyOf(jvmArgs);
        if (Files.notExists(jar)) {
            throw new SystemException(jar + " is missing: build it there with ./mvnw -DskipTests package");
        }
    }

    /** Where a build leaves it. */
    public static Path in(Path repository) {
        return repository.resolve("auditor/target/votelog-auditor.jar");
    }

    /**
     * Begins a command.
     *
     * @param name of the process and its log file
     */
    public ChildJvm start(String name, String... arguments) {
        return ChildJvm.ofPackedJar(name, jar)
                .workingDir(folder)
                .logFile(folder.resolve("logs").resolve(name + ".log"))
                .jvmArgs(jvmArgs.toArray(String[]::new))
                .args(arguments)
                .start();
    }
}
