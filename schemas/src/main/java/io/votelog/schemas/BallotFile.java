// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import io.votelog.rules.Ballot;
import io.votelog.rules.Fault;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The forms in which people write ballots. A file says what it looks like: a field that stands twice is a fault, not a choice between
 * the two, and of YAML only the plain part is read, without anchors, aliases, tags and merge keys.
 */
public enum BallotFile {
    /** The plain part of YAML: no anchors, tags, merge keys or further documents. */
    YAML(YAMLMapper.builder(YAMLFactory.builder()
                    .streamReadConstraints(bounds())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()),
    /** JSON by RFC 8259, a key at most once in an object. */
    JSON(JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(bounds())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build());

    /** The most bytes that a ballot may have. */
    public static final int MAX_BYTES = 512 * 1024;

    /** How deep lists and groups of fields may be nested. */
    static final int MAX_DEPTH = 16;

    private final ObjectMapper mapper;

    BallotFile(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /** The ballot in these bytes, UTF-8, held to all rules for publishing; or every fault in them. */
    public Ballot.Definition read(byte[] bytes) {
        return read(bytes, true, Ballot::propose);
    }

    /**
     * The ballot in these bytes, UTF-8, held only to the rules that already hold for ballots in a log; or every fault in them. The file may
     * have been published by an earlier version, and is understood as that one understood it: YAML's aliases, for example, are read as
     * the names of their anchors.
     */
    public Ballot.Definition readPublished(byte[] bytes) {
        return read(bytes, false, Ballot::parse);
    }

    private Ballot.Definition read(byte[] bytes, boolean plainly, Function<Object, Ballot.Definition> ballot) {
        if (bytes.length > MAX_BYTES) {
            return faulty("", "the file has %d bytes; at most %d are allowed".formatted(bytes.length, MAX_BYTES));
        }
        @Nullable Object plain;
        try {
            String text = text(bytes);
            List<Fault> hidden = plainly && this == YAML ? PlainYaml.faults(text) : List.of();
            if (!hidden.isEmpty()) {
                return new Ballot.Definition.Faulty(hidden);
            }
            plain = mapper.readValue(text, Object.class);
        } catch (CharacterCodingException e) {
            return faulty("", "the file is not in UTF-8");
        } catch (JacksonException e) {
            return faulty(place(e), "not well-formed %s: %s".formatted(name(), e.getOriginalMessage()));
        }
        if (plain == null) {
            return faulty("", "the file is empty; a ballot belongs here");
        }
        return ballot.apply(plain);
    }

    private static String text(byte[] bytes) throws CharacterCodingException {
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    private static Ballot.Definition faulty(String place, String problem) {
        return new Ballot.Definition.Faulty(List.of(new Fault(place, problem)));
    }

    private static String place(JacksonException e) {
        TokenStreamLocation location = e.getLocation();
        return location == null || location.getLineNr() < 1 ? "" : place(location.getLineNr(), location.getColumnNr());
    }

    /** A place in a file, both counted from 1. */
    static String place(int line, int column) {
        return "line %d, column %d".formatted(line, column);
    }

    private static StreamReadConstraints bounds() {
        return StreamReadConstraints.builder()
                .maxDocumentLength(MAX_BYTES)
                .maxNestingDepth(MAX_DEPTH)
                .build();
    }
}
