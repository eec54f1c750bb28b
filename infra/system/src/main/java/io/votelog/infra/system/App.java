// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import io.votelog.schemas.cluster.Role;
import java.nio.file.Path;

/** The two programs that Votelog's servers are. */
public enum App {
    /** A gateway. */
    PRODUCER("producer", "384m", Role.GATEWAY),
    /** An instance of the read side. */
    STREAMS("streams-app", "512m", Role.STREAMS);

    private final String appName;
    private final String heap;
    private final Role role;

    App(String appName, String heap, Role role) {
        this.appName = appName;
        this.heap = heap;
        this.role = role;
    }

    /** What it is to the brokers, where they know it. */
    Role role() {
        return role;
    }

    /** As its module is called. */
    public String appName() {
        return appName;
    }

    /** As {@code -Xmx} takes it: what it runs with where nobody says otherwise. */
    public String heap() {
        return heap;
    }

    /** Where a build leaves it. */
    public Path jar(Path repository) {
        return repository.resolve("%1$s/target/votelog-%1$s.jar".formatted(appName));
    }
}
