// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.system;

import io.votelog.infra.broker.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The auditor's sealer, which seals the log while it grows; it may be killed and started again. Its methods may be called from any thread. */
public final class Sealer {
    /** The name of its process. */
    public static final String NAME = "sealer";

    private static final String ORIGIN = "chaos.votelog.invalid/log";

    private final Auditor auditor;
    private final Builds builds;
    private final Path folder;
    private final Path key;
    private final String bootstrapServers;
    private final String logKey;
    private volatile ChildJvm child;

    /** Makes its keys and starts it; does not wait until it has sealed anything. */
    Sealer(Auditor auditor, Builds builds, Path dir, String bootstrapServers) {
        this.auditor = auditor;
        this.builds = builds;
        this.folder = dir.resolve("sealed");
        this.key = dir.resolve("sealing-key");
        this.bootstrapServers = bootstrapServers;
        Auditor.Said made = auditor.run("keygen", "--origin", ORIGIN, "--out", key.toString());
        if (made.exitCode() != 0) {
            throw new ChaosException("the sealer has no keys: " + made.text().strip());
        }
        this.logKey = made.text()
                .lines()
                .filter(line -> line.startsWith(ORIGIN + "/"))
                .collect(Collectors.joining(" "));
        this.child = begun();
    }

    public ChildJvm child() {
        return child;
    }

    /** Where the sealed log is. */
    public Path folder() {
        return folder;
    }

    /** Both public keys, as the auditor takes them. */
    public String logKey() {
        return logKey;
    }

    /** Starts it again where it is dead. */
    public synchronized void start() {
        if (!child.isAlive()) {
            child = begun();
        }
    }

    private ChildJvm begun() {
        return auditor.of(builds.of(NAME)).start(NAME, sealing());
    }

    /** Seals what is left, in a process of its own; the one that runs must be dead. */
    public Auditor.Said sealOnce() {
        return auditor.run(sealing("--once"));
    }

    /** How many leaves of votes the shown checkpoint has; 0 where there is none yet. */
    public long leaves() {
        try {
            List<String> checkpoint = Files.readAllLines(folder.resolve("votes/checkpoint"));
            return checkpoint.size() > 1 ? Long.parseLong(checkpoint.get(1)) : 0;
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    private String[] sealing(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "seal",
                "--bootstrap-servers",
                bootstrapServers,
                "--log",
                folder.toString(),
                "--key",
                key.toString(),
                "--every",
                "0.5",
                "--json"));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }
}
