// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.neighbours;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** A program of others that Maven fetches when a test asks for it, so that only who runs that test has it. */
final class FetchedArtifact {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path TARGET = Path.of("target").toAbsolutePath();

    private FetchedArtifact() {}

    /**
     * The file of an artifact, in {@code target/fetched}; a test that asks where it cannot be had is skipped, and a line says so.
     *
     * @param property the system property that has its coordinates, {@code group:artifact:version:type}
     */
    static Path file(String property) throws IOException, InterruptedException {
        String coordinates = System.getProperty(property);
        if (coordinates == null) {
            throw new AssertionError("no system property %s: infra/neighbours/pom.xml sets it".formatted(property));
        }
        String[] part = coordinates.split(":");
        Path file = TARGET.resolve("fetched").resolve("%s-%s.%s".formatted(part[1], part[2], part[3]));
        if (Files.notExists(file)) {
            Path log = TARGET.resolve(part[1] + "-fetched.log");
            // What was fetched once is in the local repository, and needs no network.
            boolean there =
                    copied(coordinates, file.getParent(), log, "-o") || copied(coordinates, file.getParent(), log);
            if (!there) {
                System.out.println("%s skipped: Maven cannot fetch it; %s has why".formatted(coordinates, log));
            }
            assumeTrue(there);
        }
        return file;
    }

    private static boolean copied(String coordinates, Path folder, Path log, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(ROOT.resolve("mvnw").toString(), "-q", "-B", "-ntp", "-N"));
        command.addAll(List.of(options));
        command.addAll(List.of("dependency:copy", "-Dartifact=" + coordinates, "-DoutputDirectory=" + folder));
        Files.createDirectories(log.getParent());
        Process maven = new ProcessBuilder(command)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!maven.waitFor(10, TimeUnit.MINUTES)) {
            maven.destroyForcibly();
        }
        return maven.waitFor() == 0;
    }

    /** What an archive holds below its one folder, in a folder that must not be there yet; scripts may be run. */
    static void unpack(Path zip, Path folder) throws IOException {
        Path within = folder.toAbsolutePath().normalize();
        try (InputStream in = Files.newInputStream(zip);
                ZipInputStream entries = new ZipInputStream(in)) {
            ZipEntry entry;
            while ((entry = entries.getNextEntry()) != null) {
                Path name = FileSystems.getDefault().getPath(entry.getName());
                if (name.getNameCount() < 2) {
                    continue;
                }
                Path file = within.resolve(name.subpath(1, name.getNameCount())).normalize();
                if (!file.startsWith(within)) {
                    throw new IOException("%s names %s, which is outside of it".formatted(zip, name));
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else {
                    Files.createDirectories(file.getParent());
                    Files.copy(entries, file);
                    if (entry.getLastModifiedTime() != null) {
                        Files.setLastModifiedTime(
                                file, FileTime.from(entry.getLastModifiedTime().toInstant()));
                    }
                    if (file.toString().endsWith(".sh") && !file.toFile().setExecutable(true)) {
                        throw new IOException(file + " cannot be made executable");
                    }
                }
            }
        }
    }
}
