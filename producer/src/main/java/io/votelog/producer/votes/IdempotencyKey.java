// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import io.votelog.producer.problem.Problems;
import io.votelog.web.problem.ProblemException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The vote id that a client chose, in the {@code Idempotency-Key} header (draft-ietf-httpapi-idempotency-key-header): a UUID,
 * bare or as a structured-field string in double quotes (RFC 9651, section 3.3.3).
 */
final class IdempotencyKey {
    static final String HEADER = "Idempotency-Key";
    private static final int UUID_LENGTH = 36;

    private IdempotencyKey() {}

    /**
     * Reads the vote id; null when the client sent none.
     *
     * @param values all values of the header
     * @throws ProblemException 400 when there are several, or the value is no UUID
     */
    static @Nullable UUID read(List<String> values) {
        if (values.isEmpty()) {
            return null;
        }
        if (values.size() > 1) {
            throw Problems.malformed(HEADER + " stands " + values.size() + " times; once is allowed")
                    .exception();
        }
        String text = values.get(0).strip();
        boolean quoted = text.length() == UUID_LENGTH + 2 && text.startsWith("\"") && text.endsWith("\"");
        UUID voteId = uuid(quoted ? text.substring(1, UUID_LENGTH + 1) : text);
        if (voteId == null) {
            throw Problems.malformed(HEADER
                            + " must be a UUID such as 123e4567-e89b-42d3-a456-426614174000, bare or in double quotes")
                    .exception();
        }
        return voteId;
    }

    /**
     * The UUID in its one canonical form, in upper or lower case (RFC 9562, section 4); null when the text is anything else.
     */
    static @Nullable UUID uuid(String text) {
        if (text.length() != UUID_LENGTH) {
            return null;
        }
        for (int i = 0; i < UUID_LENGTH; i++) {
            boolean hyphen = i == 8 || i == 13 || i == 18 || i == 23;
            char c = text.charAt(i);
            if (hyphen ? c != '-' : c > 'f' || Character.digit(c, 16) < 0) {
                return null;
            }
        }
        return UUID.fromString(text);
    }
}
