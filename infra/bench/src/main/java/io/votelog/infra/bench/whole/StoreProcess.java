// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.broker.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A store's own server, with an empty store in the folder of the run.
 *
 * @param port on 127.0.0.1
 * @param keeper the JVM that it is a child of
 */
record StoreProcess(int port, ChildJvm keeper) {
    private static final Duration STARTING = Duration.ofSeconds(30);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final List<String> POSTGRES_SETTINGS = List.of(
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=on",
            "synchronous_commit=on",
            "shared_buffers=256MB",
            "max_wal_size=4GB");

    /** Starts it; returns when something listens at its port. */
    static StoreProcess start(StoreKind kind, TestSystem system) {
        int port = system.freePort();
        List<String> keeper = new ArrayList<>();
        keeper.add(
                switch (kind.server()) {
                    case POSTGRES -> "QUIT";
                    case REDIS -> "KILL";
                });
        keeper.addAll(command(kind, system.dir(), port));
        StoreProcess store = new StoreProcess(
                port, system.startSmall(kind.id(), StoreKeeper.class.getName(), keeper.toArray(String[]::new)));
        system.awaitListening(store.keeper, port);
        return store;
    }

    /**
     * Makes an empty store.
     *
     * @param run the folder in which it gets a folder of its own
     * @return the command that starts its server
     * @throws BenchException where the store cannot be made on this machine
     */
    static List<String> command(StoreKind kind, Path run, int port) {
        Path data = run.resolve(kind.id());
        return switch (kind.server()) {
            case POSTGRES -> postgres(run, data, Integer.toString(port));
            case REDIS -> redis(data, Integer.toString(port));
        };
    }

    /** The first connection. PostgreSQL listens before it takes any, so it is asked again. */
    VoteStore connect(StoreKind kind, int options) {
        long endNs = System.nanoTime() + STARTING.toNanos();
        while (true) {
            try {
                return kind.connect(port, 0, options);
            } catch (BenchException e) {
                if (!keeper.isAlive() || System.nanoTime() - endNs > 0) {
                    throw new BenchException(keeper.obituary(String.valueOf(e.getMessage())));
                }
                TestSystem.pause(LOOK_EVERY);
            }
        }
    }

    /** The server itself. */
    ProcessHandle server() {
        return ProcessHandle.of(keeper.pid())
                .flatMap(process -> process.children().findFirst())
                .orElseThrow(() -> new BenchException(keeper.obituary(keeper.name() + " is gone")));
    }

    private static List<String> redis(Path data, String port) {
        String program = StorePrograms.redis().toString();
        create(data);
        List<String> command = new ArrayList<>(List.of(program, "--port", port, "--bind", "127.0.0.1"));
        command.addAll(List.of("--dir", data.toString(), "--save", ""));
        command.addAll(List.of("--appendonly", "yes", "--appendfsync", "everysec"));
        return command;
    }

    private static List<String> postgres(Path run, Path data, String port) {
        Path programs = StorePrograms.postgres();
        create(data);
        List<String> init = new ArrayList<>(
                List.of(programs.resolve("initdb").toString(), "-D", data.toString(), "-U", PostgresVotes.USER));
        init.addAll(List.of("-A", "trust", "-E", "UTF8", "--locale=C"));
        List<String> server =
                new ArrayList<>(List.of(programs.resolve("postgres").toString(), "-D", data.toString(), "-p", port));
        for (String setting : POSTGRES_SETTINGS) {
            server.addAll(List.of("-c", setting));
        }
        if (StorePrograms.isRoot()) {
            StorePrograms.User user = StorePrograms.user("postgres", "nobody");
            handOver(run, data, user);
            init = user.command(init);
            server = user.command(server);
        }
        initialize(init, run);
        return server;
    }

    private static void create(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives a folder to a user, who may pass through the folder of the run, and see nothing else there. */
    private static void handOver(Path run, Path data, StorePrograms.User user) {
        try {
            Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(run));
            permissions.add(PosixFilePermission.GROUP_EXECUTE);
            permissions.add(PosixFilePermission.OTHERS_EXECUTE);
            Files.setPosixFilePermissions(run, permissions);
            Files.setOwner(
                    data, data.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user.name()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Process reaches = process(user.command(List.of("test", "-w", data.toString())), run.resolve("initdb.log"));
        if (exitCode(reaches) != 0) {
            throw new BenchException(
                    "user %s cannot reach %s: choose by --dir a folder below those that everybody may pass through"
                            .formatted(user.name(), data));
        }
    }

    private static void initialize(List<String> command, Path run) {
        Path log = run.resolve("initdb.log");
        if (exitCode(process(command, log)) != 0) {
            try {
                throw new BenchException(
                        "initdb failed: " + Files.readString(log).strip());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Process process(List<String> command, Path log) {
        try {
            return new ProcessBuilder(command)
                    .directory(Path.of("/").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new BenchException("%s cannot be run: %s".formatted(command.get(0), e.getMessage()));
        }
    }

    private static int exitCode(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }
}
