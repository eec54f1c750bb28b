package io.votelog.producer;

import java.util.Set;

/**
 * Who sends a request, as a trusted token says.
 *
 * @param userId the token's subject
 * @param scopes what the token allows beyond voting
 */
record Caller(UserId userId, Set<String> scopes) {
    Caller {
        scopes = Set.copyOf(scopes);
    }
}
