// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.account;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What offends a law, law by law. For one thread at a time. */
public final class Offences {
    private final Map<Law, List<String>> named = new EnumMap<>(Law.class);

    public Offences() {
        for (Law law : Law.values()) {
            named.put(law, new ArrayList<>());
        }
    }

    public void add(Law law, String what) {
        of(law).add(what);
    }

    /** All that offends this law, each named. */
    public List<String> of(Law law) {
        List<String> all = named.get(law);
        if (all == null) {
            throw new IllegalStateException(law.name());
        }
        return all;
    }

    public boolean none() {
        return named.values().stream().allMatch(List::isEmpty);
    }
}
