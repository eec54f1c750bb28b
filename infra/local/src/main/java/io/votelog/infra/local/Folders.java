// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import io.votelog.infra.broker.FileTrees;
import io.votelog.infra.system.SystemFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the local system keeps what it keeps. A cluster's data are beside a single broker's, not among them.
 *
 * @param home the folder {@code .votelog}
 * @param cluster whether it is the cluster that runs
 */
record Folders(Path home, boolean cluster) {
    Path lock() {
        return home.resolve("lock");
    }

    Path logs() {
        return home.resolve("logs");
    }

    Path secrets() {
        return home.resolve("secrets");
    }

    Path kafka() {
        return home.resolve(cluster ? "kafka-cluster" : "kafka");
    }

    Path streams() {
        return home.resolve(cluster ? "streams-cluster" : "streams");
    }

    /** What the log of this shape was begun with. */
    Path begunWith() {
        return home.resolve(kafka().getFileName() + ".begun-with");
    }

    /** Whether either shape of the system has a log here. */
    boolean anyLog() {
        return Stream.of(true, false).anyMatch(shape -> Files.exists(new Folders(home, shape).kafka()));
    }

    /**
     * Removes the log and the stores of this shape, and the note of what the log was begun with.
     *
     * @return what was there and is no more
     */
    List<Path> forget() {
        List<Path> there = Stream.of(kafka(), streams()).filter(Files::exists).toList();
        there.forEach(Folders::delete);
        delete(begunWith());
        return there;
    }

    private static void delete(Path folder) {
        try {
            FileTrees.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SystemFolders ofSystem() {
        return new SystemFolders(home, kafka(), logs(), streams());
    }
}
