// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.system;

/** Why a run could not be made, or not to its end: a line for the person who asked for it. */
public final class ChaosException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ChaosException(String line) {
        super(line, null, false, false);
    }
}
