package io.votelog.auditor;

import io.votelog.auditor.tlog.NoteSigner;
import io.votelog.auditor.tlog.NoteVerifier;
import io.votelog.events.SealedTree;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The two trees of a sealed log: each is a transparency log of its own, with a folder and an origin, and both have one key. */
enum SealedLog {
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

    Path folder(Path log) {
        return log.resolve(name);
    }

    /** Its path below the log's address. */
    String path() {
        return name;
    }

    /** The log's key under this tree's origin. */
    NoteSigner signer(NoteSigner log) {
        return log.named(origin(log.verifier().name()));
    }

    /** The log's public key under this tree's origin; it may be given under either tree's or the log's own. */
    NoteVerifier verifier(NoteVerifier log) {
        return log.named(origin(log.name()));
    }

    /** The tree with this origin; none when it is the origin of neither. */
    static Optional<SealedLog> of(String origin) {
        return Stream.of(values())
                .filter(tree -> origin.endsWith("/" + tree.name))
                .findFirst();
    }

    private String origin(String logName) {
        String base = of(logName)
                .map(tree -> logName.substring(0, logName.length() - tree.name.length() - 1))
                .orElse(logName);
        return base + "/" + name;
    }
}
