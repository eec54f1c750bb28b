// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import io.votelog.producer.crypto.UserId;
import java.util.Set;

/**
 * The sender of a request, as a trusted token names them.
 *
 * @param userId the token's subject
 * @param scopes what the token allows beyond voting
 */
public record Caller(UserId userId, Set<String> scopes) {
    public Caller {
        scopes = Set.copyOf(scopes);
    }
}
