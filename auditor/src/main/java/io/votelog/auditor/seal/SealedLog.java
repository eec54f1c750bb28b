// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import io.votelog.events.SealedTree;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The two trees of a sealed log: each is a transparency log of its own, with a folder, an origin and a key. */
public enum SealedLog {
    /** A leaf for each record of votes. */
    VOTES("votes", SealedTree.VOTES),
    /** At the same index, a leaf for the verdict on that record. */
    VERDICTS("verdicts", SealedTree.VERDICTS);

    private final String name;
    private final SealedTree event;

    SealedLog(String name, SealedTree event) {
        this.name = name;
        this.event = event;
    }

    /** The tree's name in the topic of seals. */
    SealedTree event() {
        return event;
    }

    /**
     * The folder of this tree.
     *
     * @param log the folder of both trees
     */
    public Path folder(Path log) {
        return log.resolve(name);
    }

    /** The tree's path below the log's folder or URL. */
    public String path() {
        return name;
    }

    /** The tree with this origin; empty when neither tree has it. */
    public static Optional<SealedLog> of(String origin) {
        return Stream.of(values())
                .filter(tree -> origin.endsWith("/" + tree.name))
                .findFirst();
    }

    /** This tree's origin in a log of this name; the origin of either tree is accepted as the name too. */
    String origin(String logName) {
        return base(logName) + "/" + name;
    }

    /** A log's name, from the name itself or a tree's origin. */
    static String base(String name) {
        return of(name).map(tree -> name.substring(0, name.length() - tree.name.length() - 1))
                .orElse(name);
    }
}
