// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import picocli.CommandLine.Option;

/** The options of reading a log. */
public final class ReadOptions {
    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "partitions that are read at a time; each takes 75 to 150 bytes of memory for each of its voters"
                            + " (default: one for each processor)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--json", description = "the answer as JSON")
    private boolean json;

    public int threads() {
        return threads;
    }

    public boolean json() {
        return json;
    }
}
