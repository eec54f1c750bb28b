// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.util.Collections;
import java.util.EnumSet;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * What the choices of a vote come to on a ballot, whoever sends them and whenever.
 *
 * @param picks the distinct options that are on the ballot
 * @param broken every rule of form that the choices break, see {@link Reason#isOfForm}, iterated in order of precedence;
 *     immutable
 */
public record Form(Picks picks, Set<Reason> broken) {
    public Form {
        broken = broken.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(broken));
    }

    /** Whether the choices break no form rule. */
    public boolean wellFormed() {
        return broken.isEmpty();
    }

    /**
     * The rule that a rejection names.
     *
     * @throws NoSuchElementException when the choices are well formed
     */
    public Reason first() {
        return broken.iterator().next();
    }
}
