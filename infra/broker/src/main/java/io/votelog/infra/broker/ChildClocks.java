// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The clocks of the processes that are started with them: each can be set apart from the machine's while it runs (libfaketime). What
 * processes measure by, the monotonic clock, goes on as it is.
 */
public final class Clocks {
    private static final String NAME = "faketime/libfaketimeMT.so.1";
    private static final List<Path> FOLDERS = List.of(Path.of("/usr/lib"), Path.of("/usr/local/lib"));

    private final Path library;
    private final Path folder;

    /** @param folder where the files are made that say how far each clock is apart */
    Clocks(Path library, Path folder) {
        this.library = library;
        this.folder = folder;
    }

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

    /** What a process has in its environment so that its clock can be set. */
    Map<String, String> environment(String process) {
        if (Files.notExists(file(process))) {
            set(process, Duration.ZERO);
        }
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("LD_PRELOAD", library.toString());
        environment.put("FAKETIME_TIMESTAMP_FILE", file(process).toString());
        environment.put("FAKETIME_CACHE_DURATION", "1");
        environment.put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        environment.put("DONT_FAKE_MONOTONIC", "1");
        environment.put("NO_FAKE_STAT", "1");
        return environment;
    }

    /** Sets the clock of a process so far before or behind the machine's; within a second it has it. */
    public void set(String process, Duration apart) {
        try {
            Files.createDirectories(folder);
            Path next = Files.writeString(folder.resolve(process + ".next"), "%+d%n".formatted(apart.toSeconds()));
            Files.move(next, file(process), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(String process) {
        return folder.resolve(process);
    }
}
