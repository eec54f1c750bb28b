// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import java.util.Random;

/** What a voter is up to. */
enum Script {
    /** One valid vote. */
    VOTES(50),
    /** A vote that breaks a rule of the ballot; no gateway may take it. */
    BREAKS_A_RULE(8),
    /** A valid vote, and when it is acknowledged the same once more at another gateway. */
    VOTES_TWICE(10),
    /** The same, without an id and in another order: gateways derive the id, each by itself. */
    VOTES_TWICE_WITHOUT_AN_ID(6),
    /** A valid vote, and then another one under another id. */
    CHANGES_THEIR_MIND(10),
    /** A valid vote, and then other choices under the same id. */
    REUSES_THE_ID(4),
    /** Two votes under two ids at the same time, at two gateways: one of them counts. */
    VOTES_AT_TWO_GATEWAYS(9),
    /** A valid vote, which is annulled when it is acknowledged. */
    IS_ANNULLED(3);

    private static final int ALL = 100;

    private final int percent;

    Script(int percent) {
        this.percent = percent;
    }

    static Script draw(Random random) {
        int drawn = random.nextInt(ALL);
        for (Script script : values()) {
            drawn -= script.percent;
            if (drawn < 0) {
                return script;
            }
        }
        throw new IllegalStateException("the scripts' shares are no hundred");
    }
}
