// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import io.votelog.producer.problem.Excerpt;
import io.votelog.producer.problem.Problems;
import io.votelog.web.problem.ProblemException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * A JSON object of a few strings, as an operator sends it. Fields that are unknown or occur twice are refused, since the sender
 * would believe that they were heard.
 *
 * @param form what the body must be: the beginning of a sentence that goes on with what is wrong
 * @param fields the fields by name; a value that is no string is an empty Optional
 */
public record StrictJsonObject(String form, Map<String, Optional<String>> fields) {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(4).build())
            .build();

    /**
     * Reads an object.
     *
     * @param allowed the names of the fields that it may have, none of which is required
     * @throws ProblemException 400 when the bytes are anything else
     */
    public static StrictJsonObject read(byte[] bytes, String form, Set<String> allowed) {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text(bytes, form))) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw malformed(form, bytes.length == 0 ? "it is empty" : "it is no object");
            }
            Map<String, Optional<String>> fields = new LinkedHashMap<>();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String field = json.currentName();
                if (!allowed.contains(field)) {
                    throw malformed(form, "it has the unknown field '%s'".formatted(Excerpt.of(field)));
                }
                Optional<String> value =
                        json.nextToken() == JsonToken.VALUE_STRING ? Optional.of(json.getString()) : Optional.empty();
                json.skipChildren();
                if (fields.put(field, value) != null) {
                    throw malformed(form, "the field '%s' stands more than once".formatted(field));
                }
            }
            if (json.nextToken() != null) {
                throw malformed(form, "something follows the object");
            }
            return new StrictJsonObject(form, fields);
        } catch (JacksonException e) {
            throw malformed(form, "it is not well-formed JSON");
        }
    }

    /**
     * The string in a field.
     *
     * @throws ProblemException 400 when the field is missing or has no string
     */
    public String string(String field) {
        if (!fields.containsKey(field)) {
            throw malformed(form, "the field '%s' is missing".formatted(field));
        }
        return fields.get(field).orElseThrow(() -> malformed(form, "the field '%s' is no string".formatted(field)));
    }

    /**
     * The string in a field that may be missing.
     *
     * @throws ProblemException 400 when the field has no string
     */
    public String string(String field, String ifAbsent) {
        return fields.containsKey(field) ? string(field) : ifAbsent;
    }

    private static String text(byte[] bytes, String form) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed(form, "it is not in UTF-8");
        }
    }

    private static ProblemException malformed(String form, String why) {
        return Problems.malformed(form + why).exception();
    }
}
