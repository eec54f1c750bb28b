// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import io.votelog.producer.crypto.UserId;
import io.votelog.producer.problem.Excerpt;
import io.votelog.producer.problem.Problems;
import io.votelog.web.problem.ProblemException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/**
 * A vote in JSON: {@code {"choices": ["01", "25"]}} as a body, {@code {"voter": "ada", "choices": ["01", "25"], "voteId": "…"}}
 * as a line of a batch. It is read without building a tree. Unknown and repeated fields are refused.
 *
 * @param voter who votes; null in a body, since the token names the voter
 * @param choices the option ids in the order in which they were sent
 * @param voteId the id that the client chose, or null
 */
public record VoteBody(@Nullable UserId voter, List<String> choices, @Nullable UUID voteId) {
    /** The most bytes of a body or line. */
    public static final int MAX_BYTES = 16 * 1024;

    private static final String BODY = "the body must be {\"choices\": [option ids as strings]}: ";
    private static final String LINE =
            "the line must be {\"voter\": user id, \"choices\": [option ids as strings], \"voteId\": optional UUID}: ";
    private static final JsonFactory JSON = JsonFactory.builder()
            // The default pool is shared by all threads, so event loops would wait for one another.
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxDocumentLength(MAX_BYTES)
                    .maxNestingDepth(4)
                    .build())
            .build();

    /**
     * Reads a body.
     *
     * @throws ProblemException 400 when the bytes are no such vote
     */
    static VoteBody ofBody(byte[] bytes) {
        return read(bytes, 0, bytes.length, false);
    }

    /**
     * Reads a line of a batch.
     *
     * @throws ProblemException 400 when the bytes are no such vote with its voter
     */
    static VoteBody ofLine(byte[] bytes, int offset, int length) {
        return read(bytes, offset, length, true);
    }

    private static VoteBody read(byte[] bytes, int offset, int length, boolean line) {
        String form = line ? LINE : BODY;
        if (!isUtf8(bytes, offset, length)) {
            throw malformed(form, "it is not in UTF-8");
        }
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), bytes, offset, length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw malformed(form, length == 0 ? "it is empty" : "it is no object");
            }
            UserId voter = null;
            List<String> choices = null;
            UUID voteId = null;
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String field = json.currentName();
                if (field.equals("choices")) {
                    requireFirst(form, field, choices);
                    choices = choices(json, form);
                } else if (line && field.equals("voter")) {
                    requireFirst(form, field, voter);
                    voter = voter(json, form);
                } else if (line && field.equals("voteId")) {
                    requireFirst(form, field, voteId);
                    voteId = voteId(json, form);
                } else {
                    throw malformed(form, "it has an unknown field '%s'".formatted(Excerpt.of(field)));
                }
            }
            if (choices == null) {
                throw malformed(form, "the field 'choices' is missing");
            }
            if (line && voter == null) {
                throw malformed(form, "the field 'voter' is missing");
            }
            if (json.nextToken() != null) {
                throw malformed(form, "something follows the object");
            }
            return new VoteBody(voter, choices, voteId);
        } catch (JacksonException e) {
            @Nullable TokenStreamLocation place = e.getLocation();
            throw malformed(
                    form,
                    place == null
                            ? "it is not well-formed JSON"
                            : "it is not well-formed JSON at line %d, column %d"
                                    .formatted(place.getLineNr(), place.getColumnNr()));
        }
    }

    /**
     * Whether the bytes are UTF-8. Jackson accepts some bytes that are not, and detects UTF-16 and UTF-32, in which JSON must
     * not be sent (RFC 8259, section 8.1).
     */
    private static boolean isUtf8(byte[] bytes, int offset, int length) {
        if (length > 1 && (bytes[offset] == 0 || bytes[offset + 1] == 0)) {
            return false;
        }
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] < 0) {
                try {
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
                    return true;
                } catch (CharacterCodingException e) {
                    return false;
                }
            }
        }
        return true;
    }

    private static List<String> choices(JsonParser json, String form) {
        if (json.nextToken() != JsonToken.START_ARRAY) {
            throw malformed(form, "the field 'choices' is no array");
        }
        List<String> strings = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_STRING) {
                throw malformed(form, "choices[%d] is no string".formatted(strings.size()));
            }
            strings.add(json.getString());
        }
        return strings;
    }

    private static UserId voter(JsonParser json, String form) {
        if (json.nextToken() != JsonToken.VALUE_STRING) {
            throw malformed(form, "the field 'voter' is no string");
        }
        return UserId.of(json.getString(), fault -> malformed(form, "the field 'voter' " + fault));
    }

    private static UUID voteId(JsonParser json, String form) {
        UUID voteId = json.nextToken() == JsonToken.VALUE_STRING ? IdempotencyKey.uuid(json.getString()) : null;
        if (voteId == null) {
            throw malformed(form, "the field 'voteId' is no UUID such as 123e4567-e89b-42d3-a456-426614174000");
        }
        return voteId;
    }

    private static void requireFirst(String form, String field, @Nullable Object before) {
        if (before != null) {
            throw malformed(form, "the field '%s' stands twice".formatted(field));
        }
    }

    private static ProblemException malformed(String form, String what) {
        return Problems.malformed(form + what).exception();
    }
}
