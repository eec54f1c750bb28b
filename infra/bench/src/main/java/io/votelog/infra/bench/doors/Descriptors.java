// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.doors;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** File descriptors, of which each connection takes one here and one in the server. */
final class Descriptors {
    /** For files, jars and the connections of honest clients, here and in the server. */
    private static final long RESERVED = 1_500;

    private Descriptors() {}

    /**
     * How many connections may be opened of so many that are wanted. Children of this process have its limit too.
     *
     * @param limit of descriptors
     */
    static int room(int wanted, long limit) {
        return (int) Math.max(0, Math.min(wanted, limit - RESERVED));
    }

    /** This process's limit, {@code ulimit -n} as the JVM has raised it. */
    static long limit() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }

    /** What is to be said where fewer may be opened than are wanted, or nothing. */
    static String shortage(int wanted, long limit) {
        int room = room(wanted, limit);
        return room == wanted
                ? ""
                : ("ulimit -n is %,d, too low for %,d connections: %,d are opened. Raise it to %,d, or what is shown of attacks that"
                                + " hold connections is less than they can do.")
                        .formatted(limit, wanted, room, wanted + RESERVED);
    }
}
