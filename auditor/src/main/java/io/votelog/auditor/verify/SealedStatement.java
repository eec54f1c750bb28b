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

/** The statement of a sealed result, as {@link FinalResults#statement} writes it. */
public final class SealedStatement {
    /** Duplicate names are refused, since readers differ in which value they take. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    private final JsonNode document;

    private SealedStatement(JsonNode document) {
        this.document = document;
    }

    /**
     * Reads a statement.
     *
     * @throws AuditException when the text is no statement
     */
    public static SealedStatement parse(String text) {
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

    /** The seal that begins with this leaf. */
    static Seal.OfResult seal(Leaf.Result leaf) {
        SealedStatement statement = parse(leaf.statement());
        return new Seal.OfResult(leaf.sequence(), statement.ballotId(), statement.revision(), leaf.statement());
    }

    /** The ballot's id. */
    public String ballotId() {
        return document.path("ballotId").asString();
    }

    /** The revision of the results; -1 where it is no number. */
    public long revision() {
        return number(document.path("revision"));
    }

    /** SHA-256 of the definition, in hexadecimal digits. */
    public String definition() {
        return document.path("definition").asString();
    }

    /** The size of a tree before this result; -1 where the statement does not name it. */
    long size(SealedLog tree) {
        return head(tree).path("size").asLong(-1);
    }

    /** The root of a tree before this result; empty where the statement does not name it. */
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

    /** A number of the turnout; -1 where the statement does not name it. */
    public long turnout(String figure) {
        return number(document.path("turnout").path(figure));
    }

    /** The number of rejected votes by reason, as the statement names the reasons, which may not exist. */
    public Map<String, Long> rejected() {
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
    public List<Long> votes() {
        List<Long> votes = new ArrayList<>();
        document.path("votes").forEach(said -> votes.add(number(said)));
        return votes;
    }
}
