// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import io.votelog.infra.broker.Ports;
import java.util.HashSet;
import java.util.Set;

/**
 * Free ports for all but the brokers, each given once. They are below those that {@link Ports} gives to brokers, so that one which was
 * given, and which nothing listens at yet, never becomes a broker's.
 */
public final class FreePorts {
    private static final int FIRST = 10_000;
    private static final int END = 20_000;

    private final Set<Integer> given = new HashSet<>();

    /**
     * The next one, {@value #FIRST} to 19999.
     *
     * @throws io.votelog.infra.broker.ChildStartException where none is found
     */
    public synchronized int next() {
        int port = Ports.anyFree(FIRST, END, given);
        given.add(port);
        return port;
    }
}
