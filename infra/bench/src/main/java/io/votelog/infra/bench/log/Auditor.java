// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.log;

import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.bench.workspace.Workspace;
import io.votelog.infra.broker.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The auditor as it is built. Each command is a process of its own, which must pass. */
public final class Auditor {
    private final Path folder;
    private final List<String> jvmArgs;

    /**
     * @param folder where it works and logs
     * @param heap the most that it may take, as {@code -Xmx} takes it
     * @param jvmArgs further options of its JVM
     * @throws BenchException where it is not built
     */
    public Auditor(Path folder, String heap, List<String> jvmArgs) {
        this.folder = folder;
        this.jvmArgs = new ArrayList<>(List.of("-Xmx" + heap, "-XX:+ExitOnOutOfMemoryError"));
        this.jvmArgs.addAll(jvmArgs);
        if (Files.notExists(jar())) {
            throw new BenchException(jar() + " is missing: build it with ./mvnw -DskipTests package");
        }
    }

    private static Path jar() {
        return Workspace.root().resolve("auditor/target/votelog-auditor.jar");
    }

    /**
     * Runs a command to its end.
     *
     * @param name of the process and its log file
     * @return the process, which has ended with 0
     */
    public ChildJvm run(String name, String... arguments) {
        ChildJvm auditor = ChildJvm.ofPackedJar(name, jar())
                .workingDir(folder)
                .logFile(folder.resolve("logs").resolve(name + ".log"))
                .jvmArgs(jvmArgs.toArray(String[]::new))
                .args(arguments)
                .start();
        ConsumerPerf.await(auditor);
        if (auditor.exitCode().orElse(-1) != 0) {
            throw new BenchException(auditor.obituary("%s fails".formatted(name)));
        }
        return auditor;
    }

    /** Makes keys for a sealed log. */
    public Path keys() {
        Path key = folder.resolve("sealing-key");
        run("keygen", "keygen", "--origin", "bench.example/log", "--out", key.toString());
        return key;
    }

    /**
     * Seals all that is counted into a new folder.
     *
     * @return seconds from the start of its JVM on
     */
    public double seal(String bootstrapServers, Path key) {
        long beginNs = System.nanoTime();
        run(
                "seal",
                "seal",
                "--once",
                "--bootstrap-servers",
                bootstrapServers,
                "--log",
                folder.resolve("sealed").toString(),
                "--key",
                key.toString());
        return (System.nanoTime() - beginNs) / 1e9;
    }
}
