// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Runs what a reader would type, in a folder and with variables; the JDK is the one of this test, and no key is there unless it is given. */
record Shell(Path folder, Map<String, String> variables) {
    private static final Duration ENOUGH = Duration.ofMinutes(30);

    record Said(int code, String text) {}

    Shell in(Path other) {
        return new Shell(other, variables);
    }

    Shell with(Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(variables);
        all.putAll(more);
        return new Shell(folder, all);
    }

    /** Runs commands up to the first one that fails; says how long that took. */
    Said run(String commands) throws IOException, InterruptedException {
        Path out = Files.createTempFile("release", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", commands)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile());
            Map<String, String> environment = builder.environment();
            environment.keySet().removeIf(name -> name.startsWith("MAVEN_"));
            String home = System.getProperty("java.home");
            environment.put("JAVA_HOME", home);
            environment.merge("PATH", home + "/bin", (path, bin) -> bin + ":" + path);
            environment.putAll(variables);
            long begunNs = System.nanoTime();
            Process process = builder.start();
            try {
                boolean ended = process.waitFor(ENOUGH.toMinutes(), TimeUnit.MINUTES);
                String text = Files.readString(out);
                System.out.printf("release: %.0f s for %s%n", (System.nanoTime() - begunNs) / 1e9, firstLine(commands));
                return new Said(ended ? process.exitValue() : -1, text);
            } finally {
                List<ProcessHandle> below = process.descendants().toList();
                process.destroyForcibly();
                below.forEach(ProcessHandle::destroyForcibly);
            }
        } finally {
            Files.delete(out);
        }
    }

    private static String firstLine(String commands) {
        return commands.lines().findFirst().orElse("");
    }
}
