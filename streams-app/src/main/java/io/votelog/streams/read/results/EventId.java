// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The id of a server-sent event of results, by which a reader's {@code Last-Event-ID} says what it has seen: the version, and
 * behind a dash the revision if that is not 0. Both only grow.
 */
record EventId(long version, long revision) {
    /** The id of a reader who names none, or something that is no id. */
    static final EventId NONE = new EventId(0, 0);

    private static final Pattern EVENT_ID = Pattern.compile("(\\d{1,18})(?:-(\\d{1,18}))?");

    /** Parses a {@code Last-Event-ID} header; null when it is no such id. */
    static @Nullable EventId parse(@Nullable String lastEventId) {
        Matcher id = EVENT_ID.matcher(lastEventId == null ? "" : lastEventId);
        if (!id.matches()) {
            return null;
        }
        return new EventId(Long.parseLong(id.group(1)), id.group(2) == null ? 0 : Long.parseLong(id.group(2)));
    }

    String text() {
        return revision == 0 ? Long.toString(version) : version + "-" + revision;
    }

    /** Whether neither version nor revision is below that of the other id. */
    boolean covers(EventId other) {
        return version >= other.version && revision >= other.revision;
    }
}
