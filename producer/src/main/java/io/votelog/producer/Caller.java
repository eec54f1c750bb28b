package io.votelog.producer;

import java.util.Set;

/**
 * Who sends a request, as a trusted token says.
 *
 * @param userId the token's subject: 1 to {@link #MAX_USER_ID} characters
 * @param scopes what the token allows beyond voting
 */
record Caller(String userId, Set<String> scopes) {
    /** Most characters of a user id. */
    static final int MAX_USER_ID = 255;

    Caller {
        scopes = Set.copyOf(scopes);
    }
}
