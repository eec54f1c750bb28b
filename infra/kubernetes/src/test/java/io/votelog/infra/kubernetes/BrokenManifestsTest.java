// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A value of the files is changed, one at a time, and the rules say which. */
class BrokenManifestsTest {
    private static final Manifests PRODUCTION = Kustomization.of(Place.PRODUCTION);

    /**
     * A change of one value.
     *
     * @param value in its place; null where it is taken away
     * @param said what one of the findings must contain
     */
    private record Change(String kind, String name, List<Object> path, @Nullable Object value, String said) {
        @Override
        public String toString() {
            return "%s %s: %s, so that %s".formatted(kind, name, path, said);
        }
    }

    static Stream<Change> changes() throws IOException {
        try (InputStream in = BrokenManifestsTest.class.getResourceAsStream("changes.txt")) {
            List<Change> changes = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(BrokenManifestsTest::change)
                    .toList();
            assertThat(changes).hasSizeGreaterThan(100);
            return changes.stream();
        }
    }

    private static Change change(String line) {
        String[] columns = line.split(" \\| ", -1);
        assertThat(columns).as(line).hasSize(4);
        String[] resource = columns[0].strip().split(" ");
        String way = columns[1]
                .strip()
                .replaceFirst("^CONTAINER\\b", "POD containers 0")
                .replaceFirst("^POD\\b", "spec template spec");
        List<Object> path = new ArrayList<>();
        for (String step : way.split(" ")) {
            if (!step.isEmpty()) {
                path.add(step.matches("[0-9]+") ? (Object) Integer.valueOf(step) : step);
            }
        }
        String value = columns[2].strip();
        String[] texts = value.split(" => ");
        return new Change(
                resource[0],
                resource[1],
                path,
                texts.length == 2
                        ? replaced(PRODUCTION.named(resource[0], resource[1]).at(path.toArray()), texts[0], texts[1])
                        : value.equals("~") ? null : Yaml.documents(value, line).get(0),
                columns[3].strip());
    }

    private static String replaced(Tree file, String text, String other) {
        assertThat(file.text()).contains(text);
        return file.text().replace(text, other);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void shouldBeFound(Change change) {
        Manifests broken = PRODUCTION.with(change.kind(), change.name(), change.path(), change.value());
        assertThat(Rules.findings(broken)).anyMatch(line -> line.contains(change.said()));
    }

    /** Else a change would be found that is none. */
    @Test
    void shouldBeWholeBefore() {
        assertThat(Rules.findings(PRODUCTION)).isEmpty();
    }

    /** Nothing of what the code asks for may go unnoticed: a topic, a right more. */
    @Test
    void shouldMissEachTopicAndEachRight() {
        for (String topic : PRODUCTION.namesOf("KafkaTopic")) {
            assertThat(Rules.findings(PRODUCTION.with("KafkaTopic", topic, List.of(), null)))
                    .as("without %s", topic)
                    .anyMatch(line -> line.contains(topic + " is not there"));
        }
        for (Tree user : PRODUCTION.ofKind("KafkaUser")) {
            int rights = user.at("spec", "authorization", "acls").items().size();
            assertThat(rights).isGreaterThan(8);
            for (int right = 0; right < rights; right++) {
                assertThat(Rules.findings(PRODUCTION.with(
                                "KafkaUser", user.name(), List.of("spec", "authorization", "acls", right), null)))
                        .as("%s without its right %d", user.name(), right)
                        .anyMatch(line -> line.startsWith("rights of " + user.name()));
            }
        }
    }

    /** A patch that takes away what is not there would change nothing. */
    @Test
    void shouldNotTakeAwayWhatIsNotThere() {
        Map<String, Object> target = new LinkedHashMap<>(Map.of("a", new LinkedHashMap<>(Map.of("b", 1))));
        assertThatThrownBy(() -> Trees.set(target, List.of("a", "c"), null)).hasMessageContaining("is not there");
    }
}
