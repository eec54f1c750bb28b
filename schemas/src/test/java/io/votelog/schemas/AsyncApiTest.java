package io.votelog.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.BallotResults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The AsyncAPI document says of each topic what the code makes of it. */
final class AsyncApiTest {
    private static final Path FILE = Path.of("src/main/asyncapi/votelog.yaml");

    private final JsonNode document = YAMLMapper.builder().build().readTree(FILE.toFile());

    @Test
    void shouldDescribeEveryTopicWithItsSettings() {
        List<String> described = new ArrayList<>();
        for (JsonNode channel : document.get("channels")) {
            Topic topic = topic(channel.at("/address").asString());
            described.add(topic.name());
            JsonNode kafka = channel.at("/bindings/kafka");
            topic.settings().forEach((setting, value) -> {
                JsonNode shown = kafka.path("topicConfiguration").path(setting);
                if (shown.isMissingNode()) {
                    shown = channel.at("/bindings/x-votelog").path(setting);
                }
                String text = shown.isArray() ? shown.get(0).asString() : shown.asString("");
                assertThat(text).as("%s of %s", setting, topic.name()).isEqualTo(value);
            });
            assertThat(kafka.path("partitions").asInt(0)).isEqualTo(topic.spread() == Topic.Spread.ONE ? 1 : 0);
        }
        assertThat(described)
                .containsExactlyInAnyOrderElementsOf(
                        Topics.all().stream().map(Topic::name).toList());
    }

    @Test
    void shouldNameEachTopicsEventsAndTheirSchemas() {
        for (JsonNode channel : document.get("channels")) {
            Topic topic = topic(channel.at("/address").asString());
            Set<String> events = new TreeSet<>(channel.get("messages").propertyNames());
            assertThat(events)
                    .isEqualTo(topic.events().isEmpty() ? Set.of("DeadLetter") : new TreeSet<>(topic.events()));
        }
        Set<String> schemas = document.at("/components/schemas").properties().stream()
                .filter(schema -> schema.getValue().has("schemaFormat"))
                .map(schema -> {
                    Path avro = FILE.resolveSibling(
                            schema.getValue().at("/schema/$ref").asString());
                    assertThat(Files.exists(avro)).as(avro.toString()).isTrue();
                    return schema.getKey();
                })
                .collect(Collectors.toSet());
        assertThat(schemas)
                .containsExactlyInAnyOrderElementsOf(Topics.all().stream()
                        .flatMap(topic -> topic.events().stream())
                        .collect(Collectors.toSet()));
    }

    @Test
    void shouldShowResultsAsTheyAre() {
        SpecificRecord golden = GoldenEventsTest.events()
                .filter(BallotResults.class::isInstance)
                .findFirst()
                .orElseThrow();
        JsonNode examples = document.at("/components/messages/BallotResults/examples");
        assertThat(examples).hasSize(1);
        assertThat(examples.get(0).get("payload").toString())
                .isEqualTo(PlainEvents.of(golden).toString());
    }

    @Test
    void shouldNameEveryCauseOfADeadLetter() {
        List<String> causes = new ArrayList<>();
        document.at("/components/messages/DeadLetter/headers/properties/votelog-cause/enum")
                .forEach(cause -> causes.add(cause.asString()));
        assertThat(causes)
                .containsExactly(Arrays.stream(DeadLetters.Cause.values())
                        .map(Enum::name)
                        .toArray(String[]::new));
    }

    private static Topic topic(String name) {
        return Topics.all().stream()
                .filter(topic -> topic.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no topic " + name));
    }
}
