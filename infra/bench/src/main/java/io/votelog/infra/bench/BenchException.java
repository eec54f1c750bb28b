// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench;

/** Why a measurement cannot be made: a line for the person who asked for it. */
final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BenchException(String line) {
        super(line, null, false, false);
    }
}
