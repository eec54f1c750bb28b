// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import java.nio.file.Path;

/** The two programs that Votelog's servers are. */
public enum App {
    /** A gateway. */
    PRODUCER("producer", "384m"),
    /** An instance of the read side. */
    STREAMS("streams-app", "512m");

    private final String appName;
    private final String heap;

    App(String appName, String heap) {
        this.appName = appName;
        this.heap = heap;
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
