// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.system;

import io.votelog.infra.broker.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** The auditor as it is built. Each command is a process of its own. */
public final class Auditor {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final Path jar;
    private final Path dir;
    private final AtomicInteger runs = new AtomicInteger();

    /**
     * @param repository the checkout whose build is run
     * @param dir where it works, and where its output is kept
     * @throws ChaosException where it is not built
     */
    public Auditor(Path repository, Path dir) {
        this.jar = repository.resolve("auditor/target/votelog-auditor.jar");
        this.dir = dir;
        if (Files.notExists(jar)) {
            throw new ChaosException(jar + " is missing: build it there with ./mvnw -DskipTests package");
        }
    }

    /** What a command said on standard output and error, and how it ended. */
    public record Said(int exitCode, String text) {}

    /** Runs a command to its end, ten minutes at most. */
    public Said run(String... arguments) {
        String name = "auditor-%d-%s".formatted(runs.incrementAndGet(), arguments[0]);
        ChildJvm child = start(name, arguments);
        if (!child.awaitEnd(LIMIT)) {
            child.kill();
        }
        try {
            return new Said(child.exitCode().orElse(-1), Files.readString(child.logFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Begins a command. */
    ChildJvm start(String name, String... arguments) {
        return ChildJvm.ofPackedJar(name, jar)
                .workingDir(dir)
                .logFile(dir.resolve("logs").resolve(name + ".log"))
                .jvmArgs("-Xmx384m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError")
                .args(arguments)
                .start();
    }
}
