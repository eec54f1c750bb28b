// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import io.votelog.infra.system.SystemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end. */
final class Command {
    private static final long LIMIT_MINUTES = 10;

    private Command() {}

    /**
     * What the program said, on standard output and error.
     *
     * @throws SystemException where it is not there, says that it failed, or takes more than ten minutes
     */
    static String run(List<String> words) throws IOException, InterruptedException {
        Path output = Files.createTempFile("votelog-command", ".txt");
        try {
            return run(words, output);
        } finally {
            Files.delete(output);
        }
    }

    private static String run(List<String> words, Path output) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            throw new SystemException("%s cannot be run: %s".formatted(words.get(0), e.getMessage()));
        }
        process.getOutputStream().close();
        if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new SystemException("%s takes more than %d minutes".formatted(words.get(0), LIMIT_MINUTES));
        }
        String said = Files.readString(output);
        if (process.exitValue() != 0) {
            throw new SystemException(
                    "%s ended with %d: %s".formatted(String.join(" ", words), process.exitValue(), said));
        }
        return said;
    }
}
