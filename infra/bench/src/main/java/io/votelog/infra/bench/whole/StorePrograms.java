// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import io.votelog.infra.bench.workspace.BenchException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The servers' programs on this machine, and as whom they are run. */
final class StorePrograms {
    private static final Path DEBIAN_POSTGRES = Path.of("/usr/lib/postgresql");
    private static final Path USERS = Path.of("/etc/passwd");

    private StorePrograms() {}

    /**
     * Holds {@code initdb} and {@code postgres}.
     *
     * @throws BenchException where it is not there
     */
    static Path postgres() {
        List<Path> folders = new ArrayList<>(searched());
        if (Files.isDirectory(DEBIAN_POSTGRES)) {
            try (DirectoryStream<Path> versions = Files.newDirectoryStream(DEBIAN_POSTGRES)) {
                versions.forEach(version -> folders.add(version.resolve("bin")));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return folders.stream()
                .filter(folder ->
                        Files.isExecutable(folder.resolve("initdb")) && Files.isExecutable(folder.resolve("postgres")))
                .findFirst()
                .orElseThrow(() -> missing("initdb and postgres are", "postgresql", Row.POSTGRES));
    }

    /** @throws BenchException where it is not there */
    static Path redis() {
        return searched().stream()
                .map(folder -> folder.resolve("redis-server"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> missing("redis-server is", "redis-server", Row.REDIS));
    }

    private static List<Path> searched() {
        String path = System.getenv("PATH");
        return Stream.of((path == null ? "" : path).split(":"))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of)
                .toList();
    }

    private static BenchException missing(String what, String debianPackage, Row row) {
        return new BenchException("%s not on this machine: apt-get install -y %s, or leave %s out of --only"
                .formatted(what, debianPackage, row.name().toLowerCase(Locale.ROOT)));
    }

    /**
     * A user of this machine.
     *
     * @param uid the user's id
     * @param gid the id of the user's group
     */
    record User(String name, String uid, String gid) {
        /** The same command, run as this user by root. */
        List<String> command(List<String> command) {
            List<String> asUser = new ArrayList<>(List.of("setpriv", "--reuid", uid, "--regid", gid, "--clear-groups"));
            asUser.addAll(command);
            return asUser;
        }
    }

    /** Whether a server that refuses to run as root has to be run as somebody else. */
    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /**
     * The first of these users whom this machine knows.
     *
     * @throws BenchException where it knows none of them
     */
    static User user(String... names) {
        try {
            return user(Files.readAllLines(USERS, StandardCharsets.ISO_8859_1), names);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same of the lines of a file like {@code /etc/passwd} (passwd(5)). */
    static User user(List<String> lines, String... names) {
        for (String name : names) {
            for (String line : lines) {
                String[] fields = line.split(":", -1);
                if (fields.length >= 4 && fields[0].equals(name)) {
                    return new User(name, fields[2], fields[3]);
                }
            }
        }
        throw new BenchException("PostgreSQL does not run as root, and there is none of the users " + List.of(names));
    }
}
