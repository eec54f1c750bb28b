// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.seal.FinalResults;
import io.votelog.auditor.seal.Leaf;
import io.votelog.auditor.seal.Seal;
import io.votelog.auditor.seal.SealedLog;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a sealed result says, as {@link FinalResults#statement} writes it. */
final class SealedStatement {
    /** A name that stands twice would be read by each reader in its own way. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    private final JsonNode document;

    private SealedStatement(JsonNode document) {
        this.document = document;
    }

    /**
     * The statement of this text.
     *
     * @throws AuditException when it is none
     */
    static SealedStatement parse(String text) {
        JsonNode document;
        try {
            document = JSON.readTree(text);
        } catch (JacksonException e) {
            throw new AuditException(
                    "a sealed result that is no JSON, or gives something twice: " + e.getOriginalMessage(), e);
        }
        if (!document.path("ballotId").isString()
                || !document.path("definition").isString()
                || !document.path("revision").isIntegralNumber()
                || !document.path("votes").isArray()) {
            throw new AuditException("a sealed result without ballotId, definition, revision and votes");
        }
        return new SealedStatement(document);
    }

    /** The seal with this leaf. */
    static Seal.OfResult seal(Leaf.Result leaf) {
        SealedStatement statement = parse(leaf.statement());
        return new Seal.OfResult(leaf.sequence(), statement.ballotId(), statement.revision(), leaf.statement());
    }

    String ballotId() {
        return document.path("ballotId").asString();
    }

    long revision() {
        return number(document.path("revision"));
    }

    /** SHA-256 of the definition, in hexadecimal digits. */
    String definition() {
        return document.path("definition").asString();
    }

    /** The size that the tree had before this leaf, -1 where that is not said. */
    long size(SealedLog tree) {
        return head(tree).path("size").asLong(-1);
    }

    /** The root that the tree had before this leaf, empty where that is not said. */
    byte[] root(SealedLog tree) {
        try {
            return Base64.getDecoder().decode(head(tree).path("root").asString(""));
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private JsonNode head(SealedLog tree) {
        return document.path("trees").path(tree.path());
    }

    /** A number of the turnout, -1 where it is not said. */
    long turnout(String figure) {
        return number(document.path("turnout").path(figure));
    }

    /** The rejected votes by what is given as their reason, whether there is such a reason or not. */
    Map<String, Long> rejected() {
        Map<String, Long> rejected = new TreeMap<>();
        document.path("turnout")
                .path("rejected")
                .properties()
                .forEach(said -> rejected.put(said.getKey(), number(said.getValue())));
        return rejected;
    }

    private static long number(JsonNode said) {
        return said.isIntegralNumber() && said.canConvertToLong() ? said.longValue() : -1;
    }

    /** The votes by option, in the order of the definition. */
    List<Long> votes() {
        List<Long> votes = new ArrayList<>();
        document.path("votes").forEach(said -> votes.add(number(said)));
        return votes;
    }
}
