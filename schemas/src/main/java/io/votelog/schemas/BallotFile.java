package io.votelog.schemas;

import io.votelog.rules.Ballot;
import io.votelog.rules.Fault;
import java.util.List;
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

/** The forms in which people write ballots. A field that stands twice is a fault, not a choice between the two. */
public enum BallotFile {
    YAML(YAMLMapper.builder(YAMLFactory.builder()
                    .streamReadConstraints(bounds())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()),
    JSON(JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(bounds())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build());

    /** The most bytes that a ballot may have. */
    public static final int MAX_BYTES = 512 * 1024;

    private final ObjectMapper mapper;

    BallotFile(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /** The ballot in these bytes, UTF-8, or every fault in them. */
    public Ballot.Definition read(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            return new Ballot.Definition.Faulty(List.of(
                    new Fault("", "the file has %d bytes; at most %d are allowed".formatted(bytes.length, MAX_BYTES))));
        }
        @Nullable Object plain;
        try {
            plain = mapper.readValue(bytes, Object.class);
        } catch (JacksonException e) {
            return new Ballot.Definition.Faulty(
                    List.of(new Fault(place(e), "not well-formed %s: %s".formatted(name(), e.getOriginalMessage()))));
        }
        if (plain == null) {
            return new Ballot.Definition.Faulty(List.of(new Fault("", "the file is empty; a ballot belongs here")));
        }
        return Ballot.parse(plain);
    }

    private static String place(JacksonException e) {
        TokenStreamLocation location = e.getLocation();
        return location == null || location.getLineNr() < 1
                ? ""
                : "line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
    }

    private static StreamReadConstraints bounds() {
        return StreamReadConstraints.builder()
                .maxDocumentLength(MAX_BYTES)
                .maxNestingDepth(16)
                .build();
    }
}
