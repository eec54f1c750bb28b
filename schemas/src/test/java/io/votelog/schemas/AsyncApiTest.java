// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.BallotResults;
import io.votelog.schemas.registry.RegistryForm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
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

    /** A message is named after its event, and its payload is what the event is written with. */
    @Test
    void shouldGiveEachMessageThePayloadOfItsEvent() {
        for (JsonNode channel : document.get("channels")) {
            channel.get("messages").properties().forEach(message -> {
                JsonNode described = resolved(message.getValue());
                String event = message.getKey();
                if (event.equals("DeadLetter")) {
                    assertThat(described.at("/payload/format").asString()).isEqualTo("binary");
                    return;
                }
                assertThat(described.at("/payload/$ref").asString()).isEqualTo("#/components/schemas/" + event);
                Path avro = FILE.resolveSibling(
                        resolved(described.get("payload")).at("/schema/$ref").asString());
                assertThat(JsonMapper.shared()
                                .readTree(avro.toFile())
                                .path("name")
                                .asString())
                        .isEqualTo(event);
            });
        }
    }

    /** The key that the code gives a topic's records, in words there, and as a schema here. */
    @Test
    void shouldGiveEachMessageItsKey() {
        for (JsonNode channel : document.get("channels")) {
            Topic topic = topic(channel.at("/address").asString());
            channel.get("messages").properties().forEach(message -> {
                JsonNode key = resolved(message.getValue()).at("/bindings/kafka/key");
                String what = "the key of %s in %s".formatted(message.getKey(), topic.name());
                boolean ofControlRecord =
                        topic.equals(Topics.VOTES) && !message.getKey().equals("VoteCast");
                if (ofControlRecord || topic.key().equals("none") || topic.key().equals("as it came")) {
                    assertThat(key.isMissingNode()).as(what).isTrue();
                } else if (topic.key().startsWith("the voter's pseudonym, 16 bytes")) {
                    assertThat(key.at("/$ref").asString()).as(what).isEqualTo("#/components/schemas/Pseudonym");
                } else if (message.getKey().equals("GatewayKeyNamed")) {
                    assertThat(topic.key()).as(what).endsWith("empty for a gateway's key");
                    assertThat(key.at("/maxLength").asInt(-1)).as(what).isZero();
                } else if (topic.key().startsWith("ballot id, UTF-8")
                        && !topic.key().contains("slash")) {
                    assertThat(key.at("/$ref").asString()).as(what).isEqualTo("#/components/schemas/BallotId");
                } else {
                    String slashes = topic.key().replaceAll("a slash", "/").replaceAll("[^/]", "");
                    String described = key.at("/description").asString("");
                    assertThat(described.replaceAll("a slash", "/").replaceAll("[^/]", ""))
                            .as(what)
                            .isEqualTo(slashes);
                    assertThat(described).as(what).startsWith("ballot id, a slash, the partition");
                }
            });
        }
        assertThat(document.at("/components/schemas/Pseudonym/minLength").asInt())
                .isEqualTo(Pseudonym.LENGTH);
        assertThat(document.at("/components/schemas/Pseudonym/maxLength").asInt())
                .isEqualTo(Pseudonym.LENGTH);
    }

    @Test
    void shouldGiveEachMessageTheHeadersThatItIsWrittenWith() {
        JsonNode described = document.at("/components/messageTraits/CloudEvent/headers/properties");
        Map<String, String> written = new LinkedHashMap<>();
        new CloudEvent("VoteCast", "producer")
                .headers("id")
                .forEach(header -> written.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        assertThat(described.propertyNames()).containsExactlyInAnyOrderElementsOf(written.keySet());
        written.forEach((name, value) -> {
            JsonNode header = described.path(name);
            if (header.has("const")) {
                assertThat(header.path("const").asString()).as(name).isEqualTo(value);
            }
        });
        assertThat(written).containsEntry("ce_type", "io.votelog.events.VoteCast");
        document.at("/components/messages").properties().forEach(message -> {
            List<String> traits = message.getValue()
                    .path("traits")
                    .valueStream()
                    .map(trait -> trait.path("$ref").asString("").replaceFirst(".*/", ""))
                    .toList();
            String name = message.getKey();
            assertThat(traits.contains("Traced"))
                    .as(name)
                    .isEqualTo(Set.of("VoteCast", "VoteDecided").contains(name));
            assertThat(traits.contains("CloudEvent")).as(name).isEqualTo(!name.equals("DeadLetter"));
            // The sealer writes single-object encoding alone.
            assertThat(traits.contains("RegistryForm"))
                    .as(name)
                    .isEqualTo(
                            !name.equals("DeadLetter") && !Topics.SEALS.events().contains(name));
        });
        assertThat(document.at("/components/messageTraits/RegistryForm/headers/properties")
                        .propertyNames())
                .containsExactly(RegistryForm.HEADER);
        assertThat(document.at("/components/messages/DeadLetter/headers/properties")
                        .propertyNames())
                .containsExactlyInAnyOrder(
                        DeadLetters.PARTITION,
                        DeadLetters.OFFSET,
                        DeadLetters.TIMESTAMP,
                        DeadLetters.CAUSE,
                        DeadLetters.DETAIL,
                        DeadLetters.KEY_LENGTH,
                        DeadLetters.VALUE_LENGTH,
                        RegistryForm.HEADER);
    }

    @Test
    void shouldSayWhoWritesEachTopic() {
        Set<String> written = new TreeSet<>();
        document.get("operations").forEach(operation -> {
            JsonNode channel = resolved(operation.get("channel"));
            assertThat(channel.isMissingNode()).as(operation.toString()).isFalse();
            if (operation.get("action").asString().equals("send")) {
                written.add(channel.get("address").asString());
            }
        });
        assertThat(written)
                .containsExactlyInAnyOrderElementsOf(
                        Topics.all().stream().map(Topic::name).toList());
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

    private JsonNode resolved(JsonNode node) {
        JsonNode reference = node.path("$ref");
        return reference.isString() ? resolved(document.at(reference.asString().substring(1))) : node;
    }

    private static Topic topic(String name) {
        return Topics.all().stream()
                .filter(topic -> topic.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no topic " + name));
    }
}
