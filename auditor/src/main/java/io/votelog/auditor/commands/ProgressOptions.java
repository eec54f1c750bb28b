// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.report.Progress;
import picocli.CommandLine.Option;

/** The option that controls whether a command reports its progress. */
public final class ProgressOptions {
    @Option(
            names = "--quiet",
            description =
                    "does not say on standard error how far it has come: on a terminal in a line that is written over,"
                            + " elsewhere, and without --json, in a line every ten seconds")
    private boolean quiet;

    /**
     * @param json whether the answer is JSON: then progress is reported on a terminal alone, since a program may read
     *     both outputs as one
     */
    public Progress progress(boolean json) {
        boolean terminal = Progress.onTerminal();
        return new Progress(System.err, terminal, !quiet && (terminal || !json));
    }
}
