// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * The auditor as it is built. A command that is run to its end runs in this JVM, with the classes of the auditor's jar and no others: a
 * JVM for each would take most of the time of the tests that run a hundred. A command that is to be killed has a process.
 */
final class AuditorProgram {
    private static final Path JAR = Path.of("../../auditor/target/votelog-auditor.jar");
    private static final String MAIN = "io.votelog.auditor.AuditorApplication";
    private static final String CLASSES = "BOOT-INF/classes/";
    private static final String LIBRARIES = "BOOT-INF/lib/";
    private static final int LIMIT_MINUTES = 3;

    private final Path dir;
    private final URLClassLoader jar;

    /** @param dir where its output is kept, and the content of its jar */
    AuditorProgram(Path dir) throws IOException {
        this.dir = dir;
        this.jar = new URLClassLoader(unpacked(dir.resolve("auditor")), ClassLoader.getPlatformClassLoader());
    }

    /** What the jar has in its class path, in files: its own classes, then the libraries. */
    private static URL[] unpacked(Path folder) throws IOException {
        // The address of a folder ends with a slash, which a class loader asks for, where the folder is there.
        Path classes = Files.createDirectories(folder.resolve(CLASSES));
        List<URL> classPath = new ArrayList<>(List.of(classes.toUri().toURL()));
        try (JarFile jar = new JarFile(JAR.toFile())) {
            for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
                String name = entry.getName();
                if (entry.isDirectory() || !(name.startsWith(CLASSES) || name.startsWith(LIBRARIES))) {
                    continue;
                }
                Path file = folder.resolve(name);
                Files.createDirectories(file.getParent());
                try (InputStream content = jar.getInputStream(entry)) {
                    Files.copy(content, file);
                }
                if (name.startsWith(LIBRARIES)) {
                    classPath.add(file.toUri().toURL());
                }
            }
        }
        return classPath.toArray(URL[]::new);
    }

    /** What a program said, and how it ended. */
    record Said(int exitCode, String text) {}

    /** Runs a command of the auditor to its end. */
    Said run(String... arguments) throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        FutureTask<Integer> command = new FutureTask<>(() -> {
            Object program = jar.loadClass(MAIN).getMethod("commandLine").invoke(null);
            return (Integer) jar.loadClass("picocli.CommandLine")
                    .getMethod("execute", String[].class)
                    .invoke(program, (Object) arguments);
        });
        Thread thread = new Thread(command, "auditor");
        thread.setContextClassLoader(jar);
        thread.setDaemon(true);
        PrintStream out = System.out;
        PrintStream err = System.err;
        try (PrintStream both = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            System.setOut(both);
            System.setErr(both);
            thread.start();
            int exitCode = command.get(LIMIT_MINUTES, TimeUnit.MINUTES);
            return new Said(exitCode, said.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    /** Runs another program to its end. */
    Said program(List<String> command) throws Exception {
        Running running = begin(command);
        assertThat(running.process().waitFor(LIMIT_MINUTES, TimeUnit.MINUTES))
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

    /** Begins a command of the auditor in a process. */
    Running start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-jar",
                JAR.toString()));
        command.addAll(List.of(arguments));
        return begin(command);
    }

    private Running begin(List<String> command) throws IOException {
        Path output = Files.createTempFile(dir, "said", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new Running(process, output);
    }
}
