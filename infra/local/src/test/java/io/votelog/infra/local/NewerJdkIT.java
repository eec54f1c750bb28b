// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.infra.testing.WholeSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What was built with this JDK runs on the newest one that is installed beside it: in {@code /usr/lib/jvm}, or where a variable whose name
 * begins with {@code JAVA_HOME_} says.
 */
@WholeSystem
class NewerJdkIT {
    @TempDir
    static Path dir;

    private record Jdk(Path home, Runtime.Version version) {}

    @Test
    void shouldCountAVote() throws Exception {
        Optional<Jdk> newer = newest();
        if (newer.isEmpty()) {
            System.out.println("newer JDK skipped: none is installed beside JDK " + Runtime.version());
        }
        assumeTrue(newer.isPresent());
        Running up = Running.startOn(newer.get().home(), dir);
        try {
            up.awaitReady();
            assertThat(up.out())
                    .anyMatch(line -> line.startsWith("JDK")
                            && line.contains(" " + newer.get().version().feature() + "."));
            assertThat(up.receipt(up.vote("ada", "01", "25")).path("status").stringValue())
                    .isEqualTo("accepted");
            up.awaitTurnout(1, 1, 0, 0);
        } finally {
            up.kill();
        }
    }

    private static Optional<Jdk> newest() throws IOException {
        Stream<Path> named = System.getenv().entrySet().stream()
                .filter(variable -> variable.getKey().startsWith("JAVA_HOME_"))
                .map(variable -> Path.of(variable.getValue()));
        Path usual = Path.of("/usr/lib/jvm");
        try (Stream<Path> installed = Files.isDirectory(usual) ? Files.list(usual) : Stream.empty()) {
            return Stream.concat(named, installed)
                    .flatMap(home -> jdk(home).stream())
                    .filter(jdk -> jdk.version().feature() > Runtime.version().feature())
                    .max(Comparator.comparing(Jdk::version));
        }
    }

    /** What the file {@code release} says, which every JDK has. */
    private static Optional<Jdk> jdk(Path home) {
        Path release = home.resolve("release");
        if (!Files.isExecutable(home.resolve("bin/java")) || !Files.isReadable(release)) {
            return Optional.empty();
        }
        Properties said = new Properties();
        try (var text = Files.newBufferedReader(release)) {
            said.load(text);
            return Optional.of(new Jdk(
                    home,
                    Runtime.Version.parse(said.getProperty("JAVA_VERSION", "").replace("\"", ""))));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
