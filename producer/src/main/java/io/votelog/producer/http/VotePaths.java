// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.votelog.web.connections.RequestSyntax;
import org.jspecify.annotations.Nullable;

/** The paths of the votes' routes. */
final class VotePaths {
    static final String ONE = "/votes";
    static final String BATCH = "/votes:batch";
    private static final String BALLOTS = "/v1/ballots/";

    private VotePaths() {}

    /**
     * The ballot id in {@code /v1/ballots/{id}} followed by the ending; null when the request's target is another path.
     *
     * @param target the target as it came, in origin or absolute form (RFC 9112, section 3.2), perhaps with a query
     */
    static @Nullable String ballotId(String target, String ending) {
        int start = target.startsWith("/") ? 0 : RequestSyntax.pathOfAbsolute(target);
        if (start < 0) {
            return null;
        }
        int query = target.indexOf('?');
        int end = query < 0 ? target.length() : query;
        int idStart = start + BALLOTS.length();
        int idEnd = end - ending.length();
        if (idEnd <= idStart
                || !target.startsWith(BALLOTS, start)
                || !target.startsWith(ending, idEnd)
                || target.indexOf('/', idStart) < idEnd) {
            return null;
        }
        return target.substring(idStart, idEnd);
    }

    /** The query of a target, percent-encoded as it came; null when there is none. */
    static @Nullable String query(String target) {
        int mark = target.indexOf('?');
        return mark < 0 ? null : target.substring(mark + 1);
    }
}
