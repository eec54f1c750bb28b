// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import io.votelog.auditor.report.AuditException;
import java.util.function.Consumer;

/** What the leaves of one tree are made from. */
interface LeafSource extends AutoCloseable {
    /** Whether all that a seal's leaves need is there by now. */
    boolean ready(Seal.OfLog seal);

    /**
     * Gives a leaf for each record that is sealed, in their order. Seals are asked for in theirs.
     *
     * @throws AuditException when they cannot be made
     */
    void leaves(Seal.OfLog seal, Consumer<Leaf> leaves);

    @Override
    void close();
}
