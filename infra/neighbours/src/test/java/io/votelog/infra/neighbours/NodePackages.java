// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.neighbours;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program in JavaScript or TypeScript with the packages that its lock file names, beside which no file of the repository is written. */
final class NodePackages {
    private NodePackages() {}

    /**
     * A copy of a folder in {@code target}, as deep as the folder itself, with its packages. A test that asks where there is no Node or the
     * packages cannot be had is skipped, and a line says so.
     */
    static Path installed(Path source, String skipped) throws IOException, InterruptedException {
        boolean here = inPath("node") && inPath("npm");
        if (!here) {
            System.out.println(skipped + " skipped: no node and npm in the PATH");
        }
        assumeTrue(here);
        Path folder = Files.createDirectories(
                Path.of("target", source.getFileName().toString()).toAbsolutePath());
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.write(folder.resolve(file.getFileName()), Files.readAllBytes(file));
            }
        }
        Path log = folder.resolveSibling(source.getFileName() + "-npm.log");
        boolean installed = ended(
                        folder,
                        log,
                        List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"))
                == 0;
        if (!installed) {
            System.out.println("%s skipped: npm cannot fetch its packages; %s has why".formatted(skipped, log));
        }
        assumeTrue(installed);
        return folder;
    }

    /** Runs a command in a folder, and gives back its exit code; what it says is in the log file. */
    static int ended(Path folder, Path log, List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        return process.waitFor();
    }

    private static boolean inPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
