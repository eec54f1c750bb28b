// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.neighbours;

import io.votelog.infra.broker.ChildJvm;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The programs of this module, as a user starts them. */
final class OwnPrograms {
    /** The folder of schemas that they are given. */
    static final Path SCHEMAS = SmallSystem.ROOT.resolve("schemas/src/main/resources/io/votelog/schemas/history");

    private OwnPrograms() {}

    static String[] command(Class<?> program, String... args) {
        String classPath = Stream.of(ChildJvm.currentClassPath().split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath,
                program.getName()));
        command.addAll(List.of(args));
        return command.toArray(String[]::new);
    }
}
