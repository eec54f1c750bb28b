// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import io.votelog.infra.system.SystemException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * A JDK that is installed on this machine.
 *
 * @param home its folder
 * @param version as its file {@code release} has it
 */
record Jdk(Path home, Runtime.Version version) {
    private static final int OLDEST = 17;
    private static final int YEARS_OF_RELEASES = 4;
    private static final int FIRST_WITH_AOT = 25;

    /**
     * The newest one with long-term support: in {@code /usr/lib/jvm}, where a variable whose name begins with {@code JAVA_HOME_} says, or the
     * one that runs this program.
     *
     * @throws SystemException where there is none
     */
    static Jdk newestWithLongTermSupport() {
        Path usual = Path.of("/usr/lib/jvm");
        try (Stream<Path> installed = Files.isDirectory(usual) ? Files.list(usual) : Stream.empty()) {
            Stream<Path> named = System.getenv().entrySet().stream()
                    .filter(variable -> variable.getKey().startsWith("JAVA_HOME_"))
                    .map(variable -> Path.of(variable.getValue()));
            return Stream.of(installed, named, Stream.of(Path.of(System.getProperty("java.home"))))
                    .flatMap(homes -> homes)
                    .flatMap(home -> at(home).stream())
                    .filter(Jdk::hasLongTermSupport)
                    .max(Comparator.comparing(Jdk::version))
                    .orElseThrow(() -> new SystemException(
                            "no JDK with long-term support (17, 21, 25, …) was found: name one by --jdk"));
        } catch (IOException e) {
            throw new SystemException("%s cannot be read: %s".formatted(usual, e));
        }
    }

    /**
     * The one in this folder.
     *
     * @throws SystemException where there is none, or one that is too old
     */
    static Jdk in(Path home) {
        return at(home).filter(jdk -> jdk.version.feature() >= OLDEST)
                .orElseThrow(() -> new SystemException(
                        "%s holds no JDK with jlink, of version %d or newer".formatted(home, OLDEST)));
    }

    /** What the file {@code release} says, which every JDK has. */
    private static Optional<Jdk> at(Path home) {
        Path release = home.resolve("release");
        if (!Files.isExecutable(home.resolve("bin/jlink")) || !Files.isReadable(release)) {
            return Optional.empty();
        }
        Properties said = new Properties();
        try (Reader text = Files.newBufferedReader(release)) {
            said.load(text);
            return Optional.of(new Jdk(
                    home.toRealPath(),
                    Runtime.Version.parse(said.getProperty("JAVA_VERSION", "").replace("\"", ""))));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private boolean hasLongTermSupport() {
        return version.feature() >= OLDEST && (version.feature() - OLDEST) % YEARS_OF_RELEASES == 0;
    }

    /** Whether it prepares starts with an AOT cache (JEP 483, 514 and 515); an older one archives classes. */
    boolean hasAotCache() {
        return version.feature() >= FIRST_WITH_AOT;
    }

    /** One of its programs. */
    String program(String name) {
        return home.resolve("bin").resolve(name).toString();
    }
}
