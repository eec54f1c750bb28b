package io.votelog.producer;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The vote id that a client chose, in the {@code Idempotency-Key} header (draft-ietf-httpapi-idempotency-key-header): a UUID,
 * bare or as a structured-field string in double quotes (RFC 9651, section 3.3.3).
 */
final class IdempotencyKey {
    static final String HEADER = "Idempotency-Key";
    private static final String UUID_FORM =
            "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";
    private static final Pattern KEY = Pattern.compile(" *(?:(" + UUID_FORM + ")|\"(" + UUID_FORM + ")\") *");

    private IdempotencyKey() {}

    /**
     * The vote id, or nothing when the client sent none.
     *
     * @param values all values of the header
     * @throws ProblemException (400) when there is more than one or it is no UUID
     */
    static Optional<UUID> read(List<String> values) {
        if (values.isEmpty()) {
            return Optional.empty();
        }
        if (values.size() > 1) {
            throw Problem.malformed(HEADER + " stands " + values.size() + " times; once is allowed")
                    .exception();
        }
        Matcher key = KEY.matcher(values.get(0));
        if (!key.matches()) {
            throw Problem.malformed(HEADER
                            + " must be a UUID such as 123e4567-e89b-42d3-a456-426614174000, bare or in double quotes")
                    .exception();
        }
        return Optional.of(UUID.fromString(key.group(1) != null ? key.group(1) : key.group(2)));
    }
}
