// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a ballot is in its life, in order. */
public enum BallotPhase {
    SCHEDULED,
    OPEN,
    /** Over, but not every partition is counted to its end yet. */
    CLOSED,
    /** Counted to the end; nothing changes any more but the number of late votes. */
    FINAL;

    /** As it stands in answers. */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
