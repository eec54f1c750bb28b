// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.SchemaValidator;
import org.apache.avro.SchemaValidatorBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Readers of today understand every event that was ever written, and readers of then understand those of today. */
class SchemaCompatibilityTest {
    private static final SchemaValidator FULL_TRANSITIVE =
            new SchemaValidatorBuilder().mutualReadStrategy().validateAll();

    static Stream<Schema> current() {
        return Events.current();
    }

    @ParameterizedTest
    @MethodSource("current")
    void shouldHaveItsNewestVersionCommitted(Schema schema) {
        List<Schema> versions = SchemaHistory.versions(schema.getFullName());

        assertThat(versions).as("committed versions of %s", schema.getName()).isNotEmpty();
        assertThat(SchemaNormalization.toParsingForm(versions.get(versions.size() - 1)))
                .as(
                        "%s differs from its newest committed version: commit it as history/%s/%d.avsc",
                        schema.getName(), schema.getName(), versions.size() + 1)
                .isEqualTo(SchemaNormalization.toParsingForm(schema));
    }

    @ParameterizedTest
    @MethodSource("current")
    void shouldBeFullyCompatibleWithEveryCommittedVersion(Schema schema) throws Exception {
        List<Schema> newestFirst = new ArrayList<>(SchemaHistory.versions(schema.getFullName()));
        java.util.Collections.reverse(newestFirst);

        FULL_TRANSITIVE.validate(schema, newestFirst);
    }

    @ParameterizedTest
    @MethodSource("current")
    void shouldHaveADefaultSymbolInEveryEnum(Schema schema) {
        assertThat(enumsOf(schema, new HashSet<>()))
                .allSatisfy(type -> assertThat(type.getEnumDefault()).isEqualTo("UNSPECIFIED"));
    }

    @Test
    void shouldRefuseAnIncompatibleChange() {
        Schema changed = new Schema.Parser()
                .parse(io.votelog.events.BallotReady.getClassSchema()
                        .toString()
                        .replace("\"name\":\"stage\"", "\"name\":\"phase\""));

        org.assertj.core.api.Assertions.assertThatThrownBy(() ->
                        FULL_TRANSITIVE.validate(changed, SchemaHistory.versions("io.votelog.events.BallotReady")))
                .isInstanceOf(org.apache.avro.SchemaValidationException.class);
    }

    private static Set<Schema> enumsOf(Schema schema, Set<String> seen) {
        Set<Schema> enums = new HashSet<>();
        switch (schema.getType()) {
            case ENUM -> enums.add(schema);
            case RECORD -> {
                if (seen.add(schema.getFullName())) {
                    schema.getFields().forEach(field -> enums.addAll(enumsOf(field.schema(), seen)));
                }
            }
            case ARRAY -> enums.addAll(enumsOf(schema.getElementType(), seen));
            case UNION -> schema.getTypes().forEach(type -> enums.addAll(enumsOf(type, seen)));
            default -> {}
        }
        return enums;
    }
}
