// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.limits;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * How many of something each client address has at the same time, and no more than so many. An address that has none is not
 * remembered, so there are never more entries than things that are counted. Any thread may call it.
 */
public final class AddressCounts {
    private final int most;
    private final ConcurrentMap<IpAddress, Integer> counts = new ConcurrentHashMap<>();

    /** @param most that one address may have; 0 for no limit, then nothing is counted */
    public AddressCounts(int most) {
        if (most < 0) {
            throw new IllegalArgumentException("at most " + most);
        }
        this.most = most;
    }

    /**
     * Counts one more of this address, unless it has as many as it may: then this is false, and there is nothing to give back.
     *
     * @param address null for whom nothing is counted, and who may have any number
     */
    public boolean take(@Nullable IpAddress address) {
        if (most == 0 || address == null) {
            return true;
        }
        boolean[] taken = new boolean[1];
        counts.compute(address, (same, count) -> {
            int now = count == null ? 0 : count;
            taken[0] = now < most;
            return taken[0] ? now + 1 : count;
        });
        return taken[0];
    }

    /** Counts one less of an address that has taken one. */
    public void giveBack(@Nullable IpAddress address) {
        if (most > 0 && address != null) {
            counts.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
        }
    }

    /** How many addresses have any. */
    int addresses() {
        return counts.size();
    }
}
