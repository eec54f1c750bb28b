// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.monitor;

import java.util.ArrayList;
import java.util.List;

/** What a monitor looks at and what not, in words, so that nobody takes its silence for more than it is. */
final class Looks {
    private Looks() {}

    static List<String> at(MonitorTerms terms, boolean withLog) {
        List<String> at = new ArrayList<>();
        at.add("signatures, every new tile and leaf, the order of seals, and that nothing that was seen changes");
        if (terms.policy() != null) {
            at.add("the cosignatures that the policy asks for, and what its witnesses show of the log");
        }
        if (terms.maxAge() != null) {
            at.add("the age of what is sealed, at most " + terms.maxAge());
        }
        if (withLog) {
            at.add("the record of each new leaf");
        }
        if (withLog && (terms.mostUnsealed() != null || terms.oldestUnsealed() != null)) {
            at.add("what is not sealed");
        }
        if (withLog && terms.replayEvery() > 0) {
            at.add("every record, verdict and result, by a replay of the whole log every %d rounds"
                    .formatted(terms.replayEvery()));
        }
        return at;
    }

    static List<String> notAt(MonitorTerms terms, boolean withLog) {
        List<String> not = new ArrayList<>();
        if (terms.policy() == null) {
            not.add("what others are shown: --policy names witnesses");
        }
        if (terms.maxAge() == null) {
            not.add("whether the sealing goes on: --max-age DURATION");
        }
        if (!withLog) {
            not.add("the log itself: --bootstrap-servers or --dump");
        } else if (terms.replayEvery() == 0) {
            not.add("whether verdicts and results are right: --replay-every N replays the whole log");
        }
        return not;
    }
}
