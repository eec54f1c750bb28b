// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A shell in which the commands of a README are run as they stand, against a system at other ports. */
final class ReadmeShell {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

    /**
     * A request that is refused ends the script. One that goes on for ever ({@code -N}) is read for two seconds. The auditor may also say
     * that something could not be looked at (3), as for a log that goes on.
     */
    private static final String PRELUDE =
            """
            set -euo pipefail
            curl() {
              case " $* " in
                *" -N "*) command curl -sS --fail --max-time 10 "$@" || [ $? = 28 ] ;;
                *) command curl -sS --fail --max-time 60 "$@" ;;
              esac
              echo
            }
            java() { "$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m "$@" || [ $? = 3 ]; }
            auditor() { java -jar auditor/target/votelog-auditor.jar "$@"; }
            """;

    private final Path dir;
    private final Running up;

    /** @param dir where the system has its data, and where the commands are run */
    ReadmeShell(Path dir, Running up) {
        this.dir = dir;
        this.up = up;
    }

    /** The blocks of a document between fences with that language. */
    static List<String> fenced(String document, String language) throws IOException {
        Pattern fence = Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
        return fence.matcher(Files.readString(ROOT.resolve(document)))
                .results()
                .filter(block -> block.group(1).equals(language))
                .map(block -> block.group(2))
                .toList();
    }

    /** The lines of a document that begin with a prompt, without it. */
    static List<String> prompted(String document) throws IOException {
        return Files.readAllLines(ROOT.resolve(document)).stream()
                .filter(line -> line.startsWith("$ "))
                .map(line -> line.substring(2))
                .toList();
    }

    /** Runs them one after the other; all must succeed. Gives back what they said on standard output. */
    String run(String commands) throws Exception {
        Path script = Files.createTempFile(dir, "readme", ".sh");
        Path said = Files.createTempFile(dir, "readme", ".out");
        Path trace = Files.createTempFile(dir, "readme", ".err");
        String here = up.onItsPorts(PRELUDE + commands)
                .replaceAll("(?<![\\w/])auditor/target/", Matcher.quoteReplacement(ROOT + "/auditor/target/"));
        Files.writeString(script, here);
        ProcessBuilder builder = new ProcessBuilder("bash", "-x", script.toString())
                .directory(dir.toFile())
                .redirectOutput(said.toFile())
                .redirectError(trace.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        boolean ended = process.waitFor(10, TimeUnit.MINUTES);
        String text = Files.readString(said);
        if (!ended) {
            process.destroyForcibly();
        }
        assertThat(ended && process.exitValue() == 0)
                .as("the commands of a README, as they ran here: %s%nwhat they said: %s", Files.readString(trace), text)
                .isTrue();
        return text;
    }
}
