// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.avro.SchemaNormalization;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RegistryFormTest {
    private static final int ID = 0x01020304;
    private static final String TOPIC = Topics.VOTES.name();

    private final Deserializer<byte[]> reader = RegistryForm.deserializer();

    /** Each event of each topic that an app writes, as the golden files have it. */
    static Stream<Topic> topics() {
        return Topics.all().stream().filter(topic -> !topic.events().isEmpty() && !topic.equals(Topics.SEALS));
    }

    @ParameterizedTest
    @MethodSource("topics")
    void shouldReadWhatItWrote(Topic topic) throws Exception {
        Serializer<byte[]> writer = idsOf(topic).serializer();
        for (String name : topic.events()) {
            byte[] event = golden(name);
            Headers headers = new RecordHeaders().add("ce_type", new byte[] {1});

            byte[] written = writer.serialize(topic.name(), headers, event);

            assertThat(written).startsWith(0, 1, 2, 3, 4).hasSize(event.length - 5);
            assertThat(Arrays.copyOfRange(written, 5, written.length))
                    .isEqualTo(Arrays.copyOfRange(event, 10, event.length));
            assertThat(headers.lastHeader(RegistryForm.HEADER).value()).isEqualTo(Arrays.copyOfRange(event, 2, 10));
            assertThat(headers).hasSize(2);
            assertThat(reader.deserialize(topic.name(), headers, written)).isEqualTo(event);
            assertThat(reader.deserialize(topic.name(), headers, ByteBuffer.wrap(written)))
                    .isEqualTo(event);
            assertThat(Events.decode(RegistryForm.toSingleObject(written, headers))
                            .event()
                            .getSchema()
                            .getName())
                    .isEqualTo(name);
            assertThat(RegistryForm.headerOf(written, headers)).contains(headers.lastHeader(RegistryForm.HEADER));
        }
    }

    @Test
    void shouldWriteSingleObjectEncodingWithoutIds() {
        assertThat(SchemaIds.none().serializer()).isInstanceOf(ByteArraySerializer.class);
    }

    /** Whatever the bytes are: they are what they were, or an event in single-object encoding with the header's fingerprint and their body. */
    @Test
    void shouldTurnAnyBodyOfAnyFingerprintAndNothingElse() {
        long seed = Long.getLong("votelog.seed", 20_211_205L);
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] value = new byte[random.nextInt(40)];
            random.nextBytes(value);
            if (value.length > 0 && random.nextInt(4) > 0) {
                value[0] = 0;
            }
            byte[] before = value.clone();
            Headers headers = new RecordHeaders();
            int marks = random.nextInt(6) == 0 ? random.nextInt(3) : 1;
            byte[] mark = new byte[random.nextInt(6) == 0 ? random.nextInt(17) : 8];
            random.nextBytes(mark);
            headers.add("votelog-offset", mark);
            for (int n = 0; n < marks; n++) {
                headers.add(RegistryForm.HEADER, mark);
            }
            headers.add("VOTELOG-SCHEMA", mark);

            byte[] read = reader.deserialize(TOPIC, headers, value);

            boolean turned = value.length >= 5 && value[0] == 0 && marks == 1 && mark.length == 8;
            byte[] expected = turned
                    ? ByteBuffer.allocate(10 + value.length - 5)
                            .put((byte) 0xC3)
                            .put((byte) 1)
                            .put(mark)
                            .put(value, 5, value.length - 5)
                            .array()
                    : value;
            assertThat(read).as("seed %d, round %d", seed, round).isEqualTo(expected);
            assertThat(value).isEqualTo(before);
            assertThat(RegistryForm.headerOf(value, headers).isPresent()).isEqualTo(turned);
        }
    }

    @Test
    void shouldReadNoEventOfAnyTruncation() throws Exception {
        byte[] event = golden("VoteCast");
        Headers headers = new RecordHeaders();
        byte[] whole = idsOf(Topics.VOTES).serializer().serialize(TOPIC, headers, event);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> Events.decode(RegistryForm.toSingleObject(cut, headers)))
                    .as("%d bytes", length)
                    .isInstanceOf(MalformedEventException.class);
        }
    }

    @Test
    void shouldLeaveNothingAndANullHeaderAsTheyAre() {
        assertThat(reader.deserialize(TOPIC, new RecordHeaders(), (byte[]) null))
                .isNull();
        byte[] value = new byte[9];
        Headers headers = new RecordHeaders().add(RegistryForm.HEADER, null);
        assertThat(reader.deserialize(TOPIC, headers, value)).isSameAs(value);
        assertThat(reader.deserialize(TOPIC, value)).isSameAs(value);
    }

    @Test
    void shouldKeepEverythingElseOfARecord() throws Exception {
        byte[] event = golden("VoteCast");
        Headers headers = new RecordHeaders();
        byte[] written = idsOf(Topics.VOTES).serializer().serialize(TOPIC, headers, event);
        ConsumerRecord<byte[], byte[]> stored = new ConsumerRecord<>(
                TOPIC,
                3,
                42,
                1_638_662_400_000L,
                TimestampType.LOG_APPEND_TIME,
                16,
                written.length,
                new byte[16],
                written,
                headers,
                Optional.of(7));

        ConsumerRecord<byte[], byte[]> read = RegistryForm.toSingleObject(stored);

        assertThat(read.value()).isEqualTo(event);
        assertThat(read).usingRecursiveComparison().ignoringFields("value").isEqualTo(stored);
        ConsumerRecord<byte[], byte[]> plain = new ConsumerRecord<>(TOPIC, 3, 42, new byte[16], event);
        assertThat(RegistryForm.toSingleObject(plain)).isSameAs(plain);
    }

    /** What no id was asked for is never written in the other form without a word. */
    @Test
    void shouldRefuseToWriteWhatItHasNoIdFor() throws Exception {
        Serializer<byte[]> writer = idsOf(Topics.VOTES).serializer();
        byte[] decided = golden("VoteDecided");
        byte[] vote = golden("VoteCast");
        for (byte[] event : new byte[][] {decided, {}, {0, 0, 0, 0, 0}, Arrays.copyOf(vote, 9)}) {
            assertThatThrownBy(() -> writer.serialize(TOPIC, new RecordHeaders(), event))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining(TOPIC);
        }
        assertThatThrownBy(() -> writer.serialize(Topics.RESULTS.name(), new RecordHeaders(), vote))
                .isInstanceOf(SerializationException.class);
        assertThatThrownBy(() -> writer.serialize(TOPIC, vote)).isInstanceOf(SerializationException.class);
        assertThat(writer.serialize(TOPIC, new RecordHeaders(), null)).isNull();
    }

    private static SchemaIds idsOf(Topic topic) {
        Map<Long, Integer> ids = new HashMap<>();
        topic.events().forEach(event -> ids.put(SchemaNormalization.parsingFingerprint64(Events.schema(event)), ID));
        return SchemaIds.of(Map.of(topic.name(), ids));
    }

    /** The event as this build writes it, whose fingerprint the file has. */
    private static byte[] golden(String event) throws Exception {
        String hex = Files.readString(Path.of("src/test/resources/golden", event + ".hex"), StandardCharsets.US_ASCII);
        byte[] bytes = HexFormat.of().parseHex(hex.replace("\n", ""));
        assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(2))
                .isEqualTo(SchemaNormalization.parsingFingerprint64(Events.schema(event)));
        return bytes;
    }
}
