// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import io.votelog.auditor.report.AuditException;
import java.util.function.Consumer;

/** Makes the leaves of one tree. */
interface LeafSource extends AutoCloseable {
    /** Whether everything that the seal's leaves are made from is there by now. */
    boolean ready(Seal.OfLog seal);

    /**
     * Passes a leaf for each sealed record, in the order of the records. Must be called for the seals in their order.
     *
     * @throws AuditException when the leaves cannot be made
     */
    void leaves(Seal.OfLog seal, Consumer<Leaf> leaves);

    @Override
    void close();
}
