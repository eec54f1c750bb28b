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
 * Where the local system keeps what it keeps. The data of each shape of it, a single broker's, a cluster's and the same secured, are beside
 * the others', not among them.
 *
 * @param home the folder {@code .votelog}
 * @param cluster whether it is the cluster that runs
 * @param secure whether it is secured
 */
record Folders(Path home, boolean cluster, boolean secure) {
    Path lock() {
        return home.resolve("lock");
    }

    Path logs() {
        return home.resolve("logs");
    }

    Path secrets() {
        return home.resolve("secrets");
    }

    /** The certificates and users of the secured system. */
    Path security() {
        return home.resolve("security");
    }

    Path kafka() {
        return ofShape("kafka");
    }

    Path streams() {
        return ofShape("streams");
    }

    /** The sealed log of this shape, with its keys. */
    Path sealed() {
        return ofShape("sealed");
    }

    /** What Prometheus keeps of this shape. */
    Path observed() {
        return ofShape("prometheus");
    }

    private Path ofShape(String name) {
        return home.resolve(name + (cluster ? "-cluster" : "") + (secure ? "-secure" : ""));
    }

    /** What the log of this shape was begun with. */
    Path begunWith() {
        return home.resolve(kafka().getFileName() + ".begun-with");
    }

    /** Whether any shape of the system has a log here. */
    boolean anyLog() {
        return Stream.of(true, false)
                .flatMap(clusters -> Stream.of(new Folders(home, clusters, true), new Folders(home, clusters, false)))
                .anyMatch(shape -> Files.exists(shape.kafka()));
    }

    /**
     * Removes the log, the stores, the sealed log and the metrics of this shape, and the note of what the log was begun with.
     *
     * @return what was there and is no more
     */
    List<Path> forget() {
        List<Path> there = Stream.of(kafka(), streams(), sealed(), observed())
                .filter(Files::exists)
                .toList();
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
