// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

/**
 * One app as it is to run.
 *
 * @param name of its process and of its log file, such as "producer-2"; no other part of the system has it
 * @param http where the world reaches it
 * @param management its health and metrics
 */
public record Instance(App app, String name, Address http, Address management) {
    /** An instance on two ports that nobody else was given. */
    public static Instance onFreePorts(App app, String name, FreePorts ports) {
        return new Instance(
                app, name, new Address(ports.next(), name), new Address(ports.next(), "the health of " + name));
    }

    /** The same, reached over TLS; its health is not. */
    Instance overTls() {
        return new Instance(app, name, new Address(http.port(), http.use(), true), management);
    }
}
