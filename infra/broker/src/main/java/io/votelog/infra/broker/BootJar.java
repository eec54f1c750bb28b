// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;

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
     * Unpacks the jar beside itself where that has not been done yet.
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
            if (Files.notExists(folder)) {
                unpack(packed, folder);
            }
            return new BootJar(folder.resolve(name), mainClass);
        } catch (IOException e) {
            throw new ChildStartException(packed + " could not be unpacked: " + e.getMessage(), e);
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

    private static void unpack(Path packed, Path folder) throws IOException {
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
            if (!content.toFile().renameTo(folder.toFile()) && Files.notExists(folder)) {
                throw new IOException("no folder can be made as " + folder);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChildStartException(packed + " could not be unpacked: interrupted");
        } finally {
            FileTrees.delete(draft);
        }
    }
}
