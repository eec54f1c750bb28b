// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.infra.system.FreePorts;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The PostgreSQL of this machine, with an empty database of its own on a port of 127.0.0.1. */
final class Postgres implements AutoCloseable {
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final String USER = "reports";

    private final int port;
    private final TetheredProcess server;

    private Postgres(int port, TetheredProcess server) {
        this.port = port;
        this.server = server;
    }

    /** Starts it; a test that asks where there is none is skipped, and a line says so. */
    static Postgres start(Path dir, FreePorts ports) throws Exception {
        Optional<Path> programs = programs();
        if (programs.isEmpty()) {
            System.out.println("PostgreSQL skipped: no initdb and postgres in the PATH or below " + DEBIAN);
        }
        assumeTrue(programs.isPresent());
        List<String> as = List.of();
        Path data = Files.createDirectory(dir.resolve("postgres"));
        if ("root".equals(System.getProperty("user.name"))) {
            // It refuses to run as root.
            Optional<String[]> user = userOf(Files.readAllLines(Path.of("/etc/passwd")));
            if (user.isEmpty()) {
                System.out.println(
                        "PostgreSQL skipped: it does not run as root, and there is no user postgres or nobody");
            }
            assumeTrue(user.isPresent());
            String[] passwd = user.get();
            Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx--x--x"));
            Files.setOwner(
                    data, data.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(passwd[0]));
            as = List.of("setpriv", "--reuid", passwd[2], "--regid", passwd[3], "--clear-groups");
        }
        Path log = dir.resolve("initdb.log");
        List<String> init = new ArrayList<>(as);
        init.addAll(List.of(programs.get().resolve("initdb").toString(), "-D", data.toString(), "-U", USER));
        init.addAll(List.of("-A", "trust", "-E", "UTF8", "--locale=C"));
        assertThat(NodePackages.ended(Path.of("/"), log, init))
                .as(Files.readString(log))
                .isZero();
        int port = ports.next();
        List<String> command = new ArrayList<>(as);
        command.addAll(List.of(programs.get().resolve("postgres").toString(), "-D", data.toString(), "-p", "" + port));
        command.addAll(List.of("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="));
        Postgres postgres =
                new Postgres(port, TetheredProcess.start(command, Path.of("/"), dir.resolve("postgres.log"), Map.of()));
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            try (Connection connection = postgres.connect()) {
                assertThat(connection.isValid(5)).as(postgres.server.said()).isTrue();
            } catch (SQLException e) {
                throw new AssertionError(postgres.server.said(), e);
            }
        });
        return postgres;
    }

    private static Optional<Path> programs() throws IOException {
        List<Path> folders = new ArrayList<>(
                Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .map(Path::of)
                        .toList());
        if (Files.isDirectory(DEBIAN)) {
            try (Stream<Path> versions = Files.list(DEBIAN)) {
                versions.forEach(version -> folders.add(version.resolve("bin")));
            }
        }
        return folders.stream()
                .filter(folder ->
                        Files.isExecutable(folder.resolve("initdb")) && Files.isExecutable(folder.resolve("postgres")))
                .findFirst();
    }

    private static Optional<String[]> userOf(List<String> passwd) {
        return Stream.of("postgres", "nobody")
                .flatMap(name -> passwd.stream().filter(line -> line.startsWith(name + ":")))
                .map(line -> line.split(":", -1))
                .findFirst();
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:%d/postgres?user=%s".formatted(port, USER);
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url());
    }

    @Override
    public void close() {
        server.close();
    }
}
