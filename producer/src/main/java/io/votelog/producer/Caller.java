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

    /** Whether no half of a surrogate pair stands alone: such text has no UTF-8, so two users could be taken for one. */
    static boolean isWhole(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }
}
