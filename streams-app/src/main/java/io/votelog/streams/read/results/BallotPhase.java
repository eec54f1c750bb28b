// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The phases of a ballot, in order. */
public enum BallotPhase {
    /** The ballot does not take votes yet. */
    SCHEDULED,
    /** The ballot takes votes. */
    OPEN,
    /** The ballot is over, but some partition is not counted to its end yet. */
    CLOSED,
    /** All partitions are counted to their ends. Only the number of late votes and annulments may still change. */
    FINAL;

    /** The phase as it is written in answers. */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
