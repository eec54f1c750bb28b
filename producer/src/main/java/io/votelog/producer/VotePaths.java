package io.votelog.producer;

import org.jspecify.annotations.Nullable;

/** The paths under which votes come in. */
final class VotePaths {
    static final String ONE = "/votes";
    static final String BATCH = "/votes:batch";
    private static final String BALLOTS = "/v1/ballots/";

    private VotePaths() {}

    /**
     * The ballot id in {@code /v1/ballots/{id}} and the ending; null when the request's target is another one.
     *
     * @param target as it came, in origin form (RFC 9112, section 3.2.1), perhaps with a query
     */
    static @Nullable String ballotId(String target, String ending) {
        int query = target.indexOf('?');
        int end = query < 0 ? target.length() : query;
        int idEnd = end - ending.length();
        if (idEnd <= BALLOTS.length()
                || !target.startsWith(BALLOTS)
                || !target.startsWith(ending, idEnd)
                || target.indexOf('/', BALLOTS.length()) < idEnd) {
            return null;
        }
        return target.substring(BALLOTS.length(), idEnd);
    }
}
