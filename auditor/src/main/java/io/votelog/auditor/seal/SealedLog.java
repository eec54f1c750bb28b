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
    /** Leaf for leaf the verdict on it. */
    VERDICTS("verdicts", SealedTree.VERDICTS);

    private final String name;
    private final SealedTree event;

    SealedLog(String name, SealedTree event) {
        this.name = name;
        this.event = event;
    }

    /** As the topic of seals has it. */
    SealedTree event() {
        return event;
    }

    public Path folder(Path log) {
        return log.resolve(name);
    }

    /** Its path below the log's address. */
    public String path() {
        return name;
    }

    /** The tree with this origin; none when it is the origin of neither. */
    public static Optional<SealedLog> of(String origin) {
        return Stream.of(values())
                .filter(tree -> origin.endsWith("/" + tree.name))
                .findFirst();
    }

    /** This tree's origin in a log of this name; the name may be either tree's origin too. */
    String origin(String logName) {
        return base(logName) + "/" + name;
    }

    /** A log's name, where its own or a tree's origin is given. */
    static String base(String name) {
        return of(name).map(tree -> name.substring(0, name.length() - tree.name.length() - 1))
                .orElse(name);
    }
}
