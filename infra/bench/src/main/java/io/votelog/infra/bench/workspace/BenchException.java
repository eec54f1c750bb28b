// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.workspace;

/** Why a measurement cannot be made: a line for the person who asked for it. */
public final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param line told to whoever runs the program, in place of a stack trace */
    public BenchException(String line) {
        super(line, null, false, false);
    }
}
