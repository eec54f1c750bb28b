// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import io.votelog.web.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/** Reads the two JSON objects of a token strictly: valid UTF-8, no member twice, nothing behind the object. */
final class TokenJson {
    // Names of members come from strangers, so no table keeps them.
    private static final JsonFactory JSON = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxDocumentLength(Jws.MAX_LENGTH)
                    .maxNestingDepth(32)
                    .maxNumberLength(100)
                    .build())
            .build();

    private TokenJson() {}

    /** Receives the members of an object. */
    interface Members {
        /** Receives a member. The parser is at the value; what the receiver leaves of it is skipped. */
        void take(String name, JsonParser value);
    }

    /**
     * Reads an object.
     *
     * @param what the object's name in messages
     * @throws ProblemException 401 when the bytes are no such object
     */
    static void read(byte[] json, String what, Members members) {
        String text = new String(json, StandardCharsets.UTF_8);
        if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), json)) {
            throw Jws.refused("the token's %s is not UTF-8".formatted(what));
        }
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw Jws.refused("the token's %s is no JSON object".formatted(what));
            }
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                members.take(name, parser);
                parser.skipChildren();
            }
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw Jws.refused("something follows the token's %s".formatted(what));
            }
        } catch (JacksonException e) {
            throw Jws.refused("the token's %s is not well-formed JSON, or has a member twice".formatted(what));
        }
    }

    /** Reads the string that the parser is at. */
    static String string(String name, JsonParser value) {
        String text = value.currentToken() == JsonToken.VALUE_STRING ? value.getString() : null;
        if (text == null) {
            throw Jws.refused("%s must be a string".formatted(name));
        }
        return text;
    }
}
