// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

/**
 * Exit codes by which an operator tells why the application stopped. The JVM never exits with one of them by itself; it uses 3
 * when memory is out.
 */
public final class ExitCodes {
    /** The log was cut or replaced. */
    public static final int LOG_CUT = 80;

    /** The log, its topics, the changelogs or a schema registry that is set are not what the count depends on. */
    public static final int UNFIT = 81;

    private ExitCodes() {}

    /**
     * Ends the process from a thread of its own, so that no caller waits for itself. The exit's shutdown hook closes the application
     * context. If the context were closed first, a start that is still under way would fail, and might end the process with
     * another code.
     */
    static void exit(int code) {
        new Thread(() -> System.exit(code), "votelog-exit").start();
    }
}
