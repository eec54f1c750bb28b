// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import io.votelog.events.RejectionReason;
import io.votelog.rules.Reason;
import java.util.Optional;

/** Reasons between the rules and the wire. A test holds that each has its namesake on the other side. */
public final class Reasons {
    private static final RejectionReason[] TO_WIRE = new RejectionReason[Reason.values().length];

    static {
        for (Reason reason : Reason.values()) {
            TO_WIRE[reason.ordinal()] = RejectionReason.valueOf(reason.name());
        }
    }

    private Reasons() {}

    /** The reason on the wire. */
    public static RejectionReason toWire(Reason reason) {
        return TO_WIRE[reason.ordinal()];
    }

    /** The reason in the rules, or nothing for one that a newer writer knows. */
    public static Optional<Reason> fromWire(RejectionReason reason) {
        return reason == RejectionReason.UNSPECIFIED ? Optional.empty() : Optional.of(Reason.valueOf(reason.name()));
    }
}
