package io.votelog.streams.read;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a ballot is in its life, in order. */
enum Status {
    SCHEDULED,
    OPEN,
    /** Over, but not every partition is counted to its end yet. */
    CLOSED,
    /** Counted to the end; nothing changes any more but the number of late votes. */
    FINAL;

    /** As it stands in answers. */
    @JsonValue
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
