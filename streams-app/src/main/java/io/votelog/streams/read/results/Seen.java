// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How far a reader of the stream has come, as the ids of its events say: the version, and behind a dash the revision where it is not
 * 0. Both only grow.
 */
record Seen(long version, long revision) {
    /** What a reader has seen who names nothing, or what is no id. */
    static final Seen NOTHING = new Seen(0, 0);

    private static final Pattern EVENT_ID = Pattern.compile("(\\d{1,18})(?:-(\\d{1,18}))?");

    /** What this {@code Last-Event-ID} header names; null when it names nothing. */
    static @Nullable Seen parse(@Nullable String lastEventId) {
        Matcher id = EVENT_ID.matcher(lastEventId == null ? "" : lastEventId);
        if (!id.matches()) {
            return null;
        }
        return new Seen(Long.parseLong(id.group(1)), id.group(2) == null ? 0 : Long.parseLong(id.group(2)));
    }

    String eventId() {
        return revision == 0 ? Long.toString(version) : version + "-" + revision;
    }

    /** Whether who has seen this has seen all that the other has. */
    boolean covers(Seen other) {
        return version >= other.version && revision >= other.revision;
    }
}
