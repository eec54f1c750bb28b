// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.log;

import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.bench.workspace.Workspace;
import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.system.AuditorJar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The auditor, whose commands must pass. */
public final class Auditor {
    private final AuditorJar jar;
    private final Path folder;

    /**
     * @param folder where it works and logs
     * @param heap the most that it may take, as {@code -Xmx} takes it
     * @param jvmArgs further options of its JVM
     * @throws io.votelog.infra.system.SystemException where it is not built
     */
    public Auditor(Path folder, String heap, List<String> jvmArgs) {
        List<String> jvm = new ArrayList<>(List.of("-Xmx" + heap, "-XX:+ExitOnOutOfMemoryError"));
        jvm.addAll(jvmArgs);
        this.jar = new AuditorJar(Workspace.root(), folder, jvm);
        this.folder = folder;
    }

    /**
     * Runs a command to its end.
     *
     * @param name of the process and its log file
     * @return the process, which has ended with 0
     */
    public ChildJvm run(String name, String... arguments) {
        ChildJvm auditor = jar.start(name, arguments);
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
