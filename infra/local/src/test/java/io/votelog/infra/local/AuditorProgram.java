// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The auditor as it is built, in processes of its own. */
final class AuditorProgram {
    private static final Path JAR = Path.of("../../auditor/target/votelog-auditor.jar");

    private final Path dir;

    /** @param dir where its output is kept */
    AuditorProgram(Path dir) {
        this.dir = dir;
    }

    /** What a program said, and how it ended. */
    record Said(int exitCode, String text) {}

    /** Runs a command to its end. */
    Said run(String... arguments) throws Exception {
        return program(command(arguments));
    }

    /** Runs another program to its end. */
    Said program(List<String> command) throws Exception {
        Running running = begin(command);
        assertThat(running.process().waitFor(3, TimeUnit.MINUTES))
                .as("%s: %s", command, running.output())
                .isTrue();
        return new Said(running.process().exitValue(), Files.readString(running.output()));
    }

    /** A program that runs. */
    record Running(Process process, Path output) {
        String said() throws IOException {
            return Files.readString(output);
        }
    }

    /** Begins a command. */
    Running start(String... arguments) throws IOException {
        return begin(command(arguments));
    }

    private Running begin(List<String> command) throws IOException {
        Path output = Files.createTempFile(dir, "said", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new Running(process, output);
    }

    private static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-jar",
                JAR.toString()));
        command.addAll(List.of(arguments));
        return command;
    }
}
