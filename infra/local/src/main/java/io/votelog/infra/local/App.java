// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import java.util.List;

/**
 * One app as it is to run here.
 *
 * @param name "producer", "streams-app", in a cluster with its number
 * @param http where the world reaches it
 * @param management its health and metrics
 */
record App(String name, Side side, Address http, Address management) {
    /** The two apps. */
    enum Side {
        PRODUCER("producer", "the ballot API", 8080, 8082, "producer/target/votelog-producer.jar", "384m"),
        STREAMS("streams-app", "the results", 8081, 8083, "streams-app/target/votelog-streams-app.jar", "512m");

        private final String appName;
        private final String use;
        private final int firstPort;
        private final int secondPort;
        private final String jar;
        private final String heap;

        Side(String appName, String use, int firstPort, int secondPort, String jar, String heap) {
            this.appName = appName;
            this.use = use;
            this.firstPort = firstPort;
            this.secondPort = secondPort;
            this.jar = jar;
            this.heap = heap;
        }

        /** Below the repository's root. */
        String jar() {
            return jar;
        }

        /** As {@code -Xmx} takes it. */
        String heap() {
            return heap;
        }

        String appName() {
            return appName;
        }

        private App app(String name, int port) {
            return new App(name, this, new Address(port, use), new Address(port + 1000, "the health of " + name));
        }

        /** Those that run: one, or two in a cluster. */
        List<App> apps(boolean cluster, int portOffset) {
            return cluster
                    ? List.of(app(appName + "-1", firstPort + portOffset), app(appName + "-2", secondPort + portOffset))
                    : List.of(app(appName, firstPort + portOffset));
        }
    }
}
