package io.votelog.producer;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** The body of a vote: {@code {"choices": ["01", "25"]}} and nothing else. */
final class VoteBody {
    /** The most bytes that it may have. */
    static final int MAX_BYTES = 16 * 1024;

    private static final String FORM = "the body must be {\"choices\": [option ids as strings]}: ";
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxDocumentLength(MAX_BYTES)
                    .maxNestingDepth(4)
                    .build())
            .build();

    private VoteBody() {}

    /**
     * The choices in the order in which they were sent.
     *
     * @throws ProblemException (400) when the bytes are anything else than a vote
     */
    static List<String> choices(byte[] body) {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw malformed(body.length == 0 ? "it is empty" : "it is no object");
            }
            List<String> choices = null;
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String field = json.currentName();
                if (!field.equals("choices")) {
                    throw malformed("it has an unknown field '%s'".formatted(shortened(field)));
                }
                if (choices != null) {
                    throw malformed("the field 'choices' stands twice");
                }
                choices = strings(json);
            }
            if (choices == null) {
                throw malformed("the field 'choices' is missing");
            }
            if (json.nextToken() != null) {
                throw malformed("something follows the object");
            }
            return choices;
        } catch (JacksonException e) {
            throw malformed("it is not well-formed JSON at line %d, column %d"
                    .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
        }
    }

    private static List<String> strings(JsonParser json) {
        if (json.nextToken() != JsonToken.START_ARRAY) {
            throw malformed("the field 'choices' is no array");
        }
        List<String> strings = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_STRING) {
                throw malformed("choices[%d] is no string".formatted(strings.size()));
            }
            strings.add(json.getString());
        }
        return strings;
    }

    private static ProblemException malformed(String what) {
        return Problem.malformed(FORM + what).exception();
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
