// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.simulation;

/** What a history showed and no law allows. */
final class LawBroken extends AssertionError {
    private static final long serialVersionUID = 1L;

    LawBroken(String what, Object... arguments) {
        super(what.formatted(arguments));
    }

    /** Throws what the law does not allow, unless it holds. */
    static void unless(boolean holds, String what, Object... arguments) {
        if (!holds) {
            throw new LawBroken(what, arguments);
        }
    }
}
