// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A jar that Spring Boot has packed, unpacked as Boot's reference recommends for production ("Efficient deployments"): one jar with the
 * program's own classes, whose manifest names those of its libraries beside it. A start from jars in a jar takes up to half as much CPU
 * again, and HotSpot can archive no class of them.
 *
 * @param jar the program's own, unpacked
 * @param mainClass its main class
 */
record BootJar(Path jar, String mainClass) {
    private static final int LIMIT_SECONDS = 120;

    /**
     * Unpacks the jar beside itself where that has not been done yet, and deletes what earlier builds of it were unpacked to, some hundred
     * megabytes each.
     *
     * @throws ChildStartException where it cannot be unpacked
     */
    static BootJar unpacked(Path packed) {
        try {
            String mainClass = mainClass(packed);
            String name = packed.getFileName().toString();
            // A folder for each build: what a process was started from is never written to.
            Path folder = packed.toAbsolutePath()
                    .resolveSibling("unpacked")
                    .resolve("%s-%x-%x"
                            .formatted(
                                    name.replace(".jar", ""),
                                    Files.getLastModifiedTime(packed).toMillis(),
                                    Files.size(packed)));
            if (Files.notExists(folder) && unpack(packed, folder)) {
                deleteOthers(folder, name.replace(".jar", ""));
            }
            return new BootJar(folder.resolve(name), mainClass);
        } catch (IOException e) {
            throw new ChildStartException(packed + " could not be unpacked: " + e.getMessage(), e);
        }
    }

    /** Whoever runs from another folder keeps the files that it has open. */
    private static void deleteOthers(Path folder, String program) throws IOException {
        try (Stream<Path> all = Files.list(folder.getParent())) {
            for (Path other : all.filter(each -> !each.equals(folder)
                            && each.getFileName().toString().matches(Pattern.quote(program) + "-[0-9a-f]+-[0-9a-f]+"))
                    .toList()) {
                FileTrees.delete(other);
            }
        }
    }

    private static String mainClass(Path packed) throws IOException {
        try (JarFile opened = new JarFile(packed.toFile())) {
            String name = opened.getManifest() == null
                    ? null
                    : opened.getManifest().getMainAttributes().getValue("Start-Class");
            if (name == null) {
                throw new ChildStartException(
                        packed + " was not packed by Spring Boot: its manifest names no Start-Class");
            }
            return name;
        }
    }

    /** Whether this process did it: another may have been faster. */
    private static boolean unpack(Path packed, Path folder) throws IOException {
        Files.createDirectories(folder.getParent());
        Path draft = Files.createTempDirectory(folder.getParent(), "draft-");
        try {
            Path said = draft.resolve("said");
            Path content = draft.resolve("content");
            Process java = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-Djarmode=tools",
                            "-jar",
                            packed.toAbsolutePath().toString(),
                            "extract",
                            "--destination",
                            content.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            if (!java.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || java.exitValue() != 0) {
                java.destroyForcibly();
                throw new ChildStartException(
                        packed + " could not be unpacked: " + Files.readString(said, StandardCharsets.UTF_8));
            }
            boolean done = content.toFile().renameTo(folder.toFile());
            if (!done && Files.notExists(folder)) {
                throw new IOException("no folder can be made as " + folder);
            }
            return done;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChildStartException(packed + " could not be unpacked: interrupted");
        } finally {
            FileTrees.delete(draft);
        }
    }
}
