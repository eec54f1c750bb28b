// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.system;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.system.AuditorJar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The auditor, and what it says. */
public final class Auditor {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private static final List<String> JVM = List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");

    private final Path dir;
    private final AuditorJar jar;
    private final AtomicInteger runs = new AtomicInteger();

    /**
     * @param repository the checkout whose build is run
     * @param dir where it works, and where its output is kept
     * @throws io.votelog.infra.system.SystemException where it is not built
     */
    public Auditor(Path repository, Path dir) {
        this.dir = dir;
        this.jar = new AuditorJar(repository, dir, JVM);
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

    /** The auditor of another checkout's build. */
    Auditor of(Path repository) {
        return new Auditor(repository, dir);
    }

    /** Begins a command. */
    ChildJvm start(String name, String... arguments) {
        return jar.start(name, arguments);
    }
}
