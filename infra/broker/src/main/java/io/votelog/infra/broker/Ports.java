// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of 127.0.0.1, looked at before a child is started that is to listen there. */
public final class Ports {
    // Below the range from which kernels take the local ports of outgoing connections: while a broker is down, a client
    // that keeps trying to reach it would otherwise sooner or later be given the broker's own port.
    private static final int FIRST = 20_000;
    private static final int END = 30_000;
    private static final int TRIES = 1_000;

    /**
     * Between the choice of a port and the moment in which a child listens there, other processes choose theirs. So whoever chooses one holds
     * the UDP port of the same number, which nothing here uses, for as long as it runs.
     */
    private static final Map<Integer, DatagramSocket> GIVEN = new ConcurrentHashMap<>();

    private Ports() {}

    /** Whether something could listen on 127.0.0.1 at that port now. */
    public static boolean free(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(loopback(), port), 1);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Says in one line that a port is in use, where it is.
     *
     * @param who what is about to listen there, as people know it
     * @throws ChildStartException where the port is in use
     */
    public static void requireFree(String who, int port) {
        if (!free(port)) {
            throw new ChildStartException("port " + port + " is in use: " + who + " cannot listen on 127.0.0.1:" + port
                    + "; stop what listens there, or choose another port");
        }
    }

    /**
     * A port that is free now, not among {@code taken} and not given before, by this process or by another one that still runs; of those that
     * brokers get: {@value #FIRST} to 29999.
     */
    public static int anyFree(Set<Integer> taken) {
        return anyFree(FIRST, END, taken);
    }

    /**
     * The same of other ports.
     *
     * @param first the lowest, at least 1
     * @param end above the highest, at most 65536
     * @throws ChildStartException where none is found
     */
    public static int anyFree(int first, int end, Set<Integer> taken) {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(first, end);
            if (!taken.contains(port) && free(port) && give(port)) {
                return port;
            }
        }
        throw new ChildStartException(
                "no free port found on 127.0.0.1 between " + first + " and " + (end - 1) + " in " + TRIES + " tries");
    }

    private static boolean give(int port) {
        try {
            GIVEN.put(port, new DatagramSocket(new InetSocketAddress(loopback(), port)));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static InetAddress loopback() throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }
}
