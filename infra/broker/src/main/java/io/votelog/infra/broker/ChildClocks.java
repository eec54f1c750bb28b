// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The clocks of children, by their names: one may be set apart from the machine's, and is from the next start of that child on
 * (libfaketime). What a process measures by, the monotonic clock, stays as it is. May be used by any thread.
 */
public final class ChildClocks {
    private static final String NAME = "faketime/libfaketimeMT.so.1";
    private static final List<Path> FOLDERS = List.of(Path.of("/usr/lib"), Path.of("/usr/local/lib"));

    private final Map<String, Duration> apart = new ConcurrentHashMap<>();

    /** Where libfaketime is on this machine, if it is there: the Debian package of that name. */
    public static Optional<Path> library() {
        List<Path> found = new ArrayList<>();
        for (Path parent : FOLDERS) {
            found.add(parent.resolve(NAME));
            // Debian has a folder for each architecture.
            try (DirectoryStream<Path> architectures = Files.newDirectoryStream(parent, "*-linux-*")) {
                architectures.forEach(architecture -> found.add(architecture.resolve(NAME)));
            } catch (IOException e) {
                // A folder that is not there has no library.
            }
        }
        return found.stream().filter(Files::isRegularFile).findFirst();
    }

    /** Sets the clock of a child so far before or behind the machine's; zero is the machine's own. */
    public void set(String child, Duration ahead) {
        apart.put(child, ahead);
    }

    /**
     * Gives a child its clock, before it is started.
     *
     * @throws ChildStartException where its clock is not the machine's, and there is no libfaketime
     */
    public ChildJvm.Builder giveTo(ChildJvm.Builder child) {
        Duration ahead = apart.getOrDefault(child.name(), Duration.ZERO);
        if (ahead.isZero()) {
            return child;
        }
        Path library = library().orElseThrow(() -> new ChildStartException("libfaketime is not installed here"));
        return child.env("LD_PRELOAD", library.toString())
                .env("FAKETIME", "%+d".formatted(ahead.toSeconds()))
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
                .env("DONT_FAKE_MONOTONIC", "1")
                .env("NO_FAKE_STAT", "1");
    }
}
