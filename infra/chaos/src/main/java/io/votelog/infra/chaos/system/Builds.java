// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.system;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The builds that a system is started from: this one, and perhaps another one beside it, of an older version or with another Kafka. Then all
 * parts begin as the other one's, and each moves to and fro between its starts. May be used by several threads.
 */
public final class Builds {
    private final Path own;
    private final @Nullable Path other;
    private final Set<String> moved = ConcurrentHashMap.newKeySet();

    private Builds(Path own, @Nullable Path other) {
        this.own = own;
        this.other = other;
    }

    /**
     * Those of these checkouts.
     *
     * @param own the one that this program is of
     * @param other null where there is one build alone
     */
    public static Builds of(Path own, @Nullable Path other) {
        return new Builds(own, other);
    }

    /** The checkout that this program is of: who accounts for the votes is of this build, whatever it looks at. */
    public Path own() {
        return own;
    }

    /** Whether there are two. */
    public boolean areTwo() {
        return other != null;
    }

    /** The checkout whose build the part of that name is started from. */
    public Path of(String part) {
        return isOther(part) && other != null ? other : own;
    }

    /** Whether that part is started from the other build. */
    boolean isOther(String part) {
        return other != null && !moved.contains(part);
    }

    /** Has a part be of the build that it is not of, from its next start on. */
    public void move(String part) {
        if (!moved.add(part)) {
            moved.remove(part);
        }
    }
}
