// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.peer;

import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.broker.ChildJvm;
import java.net.URI;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A process that takes votes by HTTP.
 *
 * @param url where to
 * @param pid of its process
 */
public record HttpPeer(URI url, long pid) {
    /**
     * Starts a main class of this module on a free port of 127.0.0.1, with the options that the gateway's JVM has; returns when it listens.
     * It ends with the system.
     *
     * @param args of its main method, by its port
     */
    public static HttpPeer start(String name, Class<?> mainClass, TestSystem system, IntFunction<List<String>> args) {
        int port = system.freePort();
        ChildJvm child =
                system.startPeer(name, mainClass.getName(), args.apply(port).toArray(String[]::new));
        system.awaitListening(child, port);
        return new HttpPeer(URI.create("http://127.0.0.1:" + port), child.pid());
    }
}
