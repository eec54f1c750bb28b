// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import io.votelog.events.BallotPublished;
import io.votelog.events.Sha256;
import io.votelog.rules.Ballot;
import io.votelog.rules.Fault;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Collectors;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A ballot as it stands in the log: its canonical JSON (RFC 8785: members sorted, no white space) and that text's SHA-256.
 * Two files that say the same, in YAML or JSON, in any order, have one definition and one digest.
 */
public record BallotDefinition(Ballot ballot, String json, Sha256 digest) {
    /** The most vote schemas that a ballot's record may name: its bytes must stand in a row of a store, whose length is bounded. */
    public static final int MAX_VOTE_SCHEMAS = 1024;

    private static final JsonMapper CANONICAL = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    /** The definition of a ballot. */
    public static BallotDefinition of(Ballot ballot) {
        String json = CANONICAL.writeValueAsString(ballot.toPlain());
        return new BallotDefinition(ballot, json, Digests.sha256(json.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * The definition in a log's record.
     *
     * @throws MalformedEventException when its text is no ballot, or not in its canonical form, or it names more than
     *     {@value #MAX_VOTE_SCHEMAS} vote schemas
     */
    public static BallotDefinition parse(BallotPublished published) throws MalformedEventException {
        int schemas = published.getVoteSchemas().size();
        if (schemas > MAX_VOTE_SCHEMAS) {
            throw new MalformedEventException(
                    "the ballot names %d vote schemas; at most %d are allowed".formatted(schemas, MAX_VOTE_SCHEMAS));
        }
        return parse(published.getDefinition());
    }

    /**
     * The definition in this text.
     *
     * @throws MalformedEventException when the text is no ballot, or not in its canonical form
     */
    public static BallotDefinition parse(String json) throws MalformedEventException {
        Ballot.Definition read = BallotFile.JSON.readPublished(json.getBytes(StandardCharsets.UTF_8));
        if (read instanceof Ballot.Definition.Faulty faulty) {
            throw new MalformedEventException("the definition is no ballot: "
                    + faulty.faults().stream().map(Fault::toString).collect(Collectors.joining("; ")));
        }
        BallotDefinition definition = of(((Ballot.Definition.Valid) read).ballot());
        if (!definition.json.equals(json)) {
            throw new MalformedEventException("the definition is not in canonical JSON");
        }
        return definition;
    }

    /** The digest as people write it: 64 hexadecimal digits. */
    public String digestHex() {
        return hex(digest);
    }

    /** A digest as people write it: 64 hexadecimal digits. */
    public static String hex(Sha256 digest) {
        return HexFormat.of().formatHex(digest.bytes());
    }
}
