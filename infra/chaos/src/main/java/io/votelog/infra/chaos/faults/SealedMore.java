// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.load.Mark;
import io.votelog.infra.chaos.system.Sealer;
import java.util.function.Predicate;

/** Whether the sealed log has grown since it was first asked. */
final class SealedMore implements Predicate<Mark> {
    private final Sealer sealer;
    private long before = -1;

    SealedMore(Sealer sealer) {
        this.sealer = sealer;
    }

    @Override
    public boolean test(Mark mark) {
        if (before < 0) {
            before = sealer.leaves();
        }
        return sealer.leaves() > before;
    }
}
