// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing.standards;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.NonValidationKeyword;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The schema of election results that NIST publishes (SP 1500-100, version 2, JSON), with what it says beside JSON Schema: that an
 * {@code @id} is an object's own, and that what is named {@code …Id} or {@code …Ids} refers to one.
 */
public final class ElectionResultsSchema {
    private static final String FILE = "NIST_V2_election_results_reporting.json";
    private static final JsonMapper JSON = new JsonMapper();
    private static final Schema SCHEMA = schema();

    private ElectionResultsSchema() {}

    private static Schema schema() {
        try (InputStream in = Objects.requireNonNull(ElectionResultsSchema.class.getResourceAsStream(FILE), FILE)) {
            // What refTypes says is looked at below.
            Dialect dialect = Dialect.builder(Dialects.getDraft4())
                    .keyword(new NonValidationKeyword("refTypes"))
                    .build();
            return SchemaRegistry.withDialect(dialect).getSchema(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything in which a document is not one of the schema's; empty when it is. */
    public static List<String> faults(byte[] json) {
        JsonNode document = JSON.readTree(json);
        List<String> faults = new ArrayList<>(
                SCHEMA.validate(document).stream().map(Error::toString).toList());
        Map<String, String> types = new HashMap<>();
        identify(document, types, faults);
        refer(document, types, faults);
        return faults;
    }

    private static void identify(JsonNode node, Map<String, String> types, List<String> faults) {
        String id = node.path("@id").asString("");
        if (!id.isEmpty() && types.put(id, node.path("@type").asString("")) != null) {
            faults.add("two objects have the @id " + id);
        }
        node.forEach(child -> identify(child, types, faults));
    }

    private static void refer(JsonNode node, Map<String, String> types, List<String> faults) {
        node.properties().forEach(field -> {
            boolean one = field.getKey().endsWith("Id") && !field.getKey().equals("VendorApplicationId");
            if (one || field.getKey().endsWith("Ids")) {
                List<JsonNode> references = new ArrayList<>();
                if (field.getValue().isArray()) {
                    field.getValue().forEach(references::add);
                } else {
                    references.add(field.getValue());
                }
                for (JsonNode reference : references) {
                    if (!types.containsKey(reference.asString(""))) {
                        faults.add("%s refers to %s, which nothing is".formatted(field.getKey(), reference));
                    }
                }
            }
        });
        node.forEach(child -> refer(child, types, faults));
    }
}
