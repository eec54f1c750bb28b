// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static io.votelog.producer.Gateway.json;
import static io.votelog.producer.Gateway.openBallot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.producer.ballots.Catalogue;
import io.votelog.producer.crypto.Pepper;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.BallotFile;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.Topics;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.ByteUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Gateways read on behind whatever is in the ballots topic, and report it when they cannot. */
@WithKafka(freshTopics = true)
class HostileBallotsIT {
    private static final int LONG = 900_000;

    private static Gateway gateway;
    private static String bootstrapServers;

    @BeforeAll
    static void start(KafkaBroker broker) {
        bootstrapServers = broker.bootstrapServers();
        gateway = Gateway.start(bootstrapServers);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void shouldReadOnBehindWhateverStandsThere() throws Exception {
        byte[] id = "hostile".getBytes(StandardCharsets.UTF_8);
        byte[] ours = signed(Gateway.SIGNER, "hostile", 4);
        KeyPair stranger = LogSigner.newKeyPair();
        byte[] theirs = signed(
                LogSigner.of(LogSigner.privateKeyText(stranger), LogKeys.publicKeyText(stranger.getPublic())),
                "hostile",
                4);
        byte[] noText = new byte[LONG];
        Arrays.fill(noText, (byte) 0xFF);
        double before = passedOver();
        int sent = 0;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "compression.type", "gzip"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (ProducerRecord<byte[], byte[]> record : List.of(
                    record(null, null),
                    record(id, null),
                    record(id, new byte[0]),
                    record(noText, new byte[1]),
                    record(new byte[1], noText),
                    record(noText, ours),
                    record(id, theirs),
                    record(id, withBallotId(ours, noText)),
                    record(noText, withBallotId(ours, Arrays.copyOf(noText, 10))),
                    record(id, lengthOfBallotId(ours, Integer.MAX_VALUE)),
                    record(id, lengthOfBallotId(ours, -7)),
                    record(id, Arrays.copyOf(ours, ours.length / 2)),
                    record(id, Arrays.copyOf(ours, ours.length + LONG)),
                    record(id, signed(Gateway.SIGNER, "hostile", 0)),
                    record(id, signed(Gateway.SIGNER, "hostile", -1)))) {
                producer.send(record).get();
                sent++;
            }
        }
        gateway.publishOpen("behind-them");
        assertThat(passedOver()).isEqualTo(before + sent);
        assertThat(gateway.get("/v1/ballots/hostile").statusCode()).isEqualTo(404);
        assertThat(health(200).at("/components/catalogue/status").stringValue()).isEqualTo("UP");
        // A gateway that starts now has all of these records to read.
        try (Gateway other = Gateway.start(bootstrapServers)) {
            assertThat(json(other.get("/v1/ballots/behind-them")).path("ready").booleanValue())
                    .isTrue();
        }
    }

    @Test
    void shouldSayThatItCannotReadAndTryAgain() {
        AtomicBoolean once = new AtomicBoolean(true);
        gateway.part(Catalogue.class).onChange(ballot -> {
            if (once.getAndSet(false)) {
                throw new OutOfMemoryError("as for one huge batch");
            }
        });
        HttpRequest.Builder publication = gateway.putRequest(
                gateway.token("operator", "ballots:write"), "after-a-failure", openBallot("after-a-failure", "A"));
        CompletableFuture<HttpResponse<String>> answer = gateway.sendAsync(publication);
        await().untilAsserted(() -> assertThat(
                        health(503).at("/components/catalogue/details/failure").stringValue())
                .contains("as for one huge batch"));
        await().untilAsserted(() -> assertThat(
                        health(200).at("/components/catalogue/details").has("failure"))
                .isFalse());
        assertThat(answer.join().statusCode()).isBetween(200, 202);
        await().untilAsserted(() -> assertThat(json(gateway.get("/v1/ballots/after-a-failure"))
                        .path("ready")
                        .booleanValue())
                .isTrue());
        assertThat(metric("votelog_ballots_reader_failures_total")).isEqualTo(1);
        assertThat(metric("votelog_ballots_followed")).isEqualTo(1);
    }

    private static ProducerRecord<byte[], byte[]> record(byte @Nullable [] key, byte @Nullable [] value) {
        return new ProducerRecord<>(Topics.BALLOTS.name(), 0, key, value);
    }

    private static byte[] signed(LogSigner signer, String id, int partitionCount) {
        Ballot.Definition read = BallotFile.JSON.read(openBallot(id, "Hostile").getBytes(StandardCharsets.UTF_8));
        return signer.published(
                BallotDefinition.of(((Ballot.Definition.Valid) read).ballot()),
                LogSigner.CLAIM,
                partitionCount,
                List.of(Events.VOTE_CAST_FINGERPRINT),
                Pepper.of(Gateway.PEPPER).fingerprint(id));
    }

    /**
     * The event with these bytes in place of its ballot's id, which is its first field, behind the ten bytes that name the
     * schema.
     */
    private static byte[] withBallotId(byte[] event, byte[] id) {
        int old = ByteUtils.readVarint(ByteBuffer.wrap(event, 10, event.length - 10));
        ByteBuffer length = ByteBuffer.allocate(5);
        ByteUtils.writeVarint(id.length, length);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(event, 0, 10);
        bytes.write(length.array(), 0, length.position());
        bytes.writeBytes(id);
        int rest = 10 + ByteUtils.sizeOfVarint(old) + old;
        bytes.write(event, rest, event.length - rest);
        return bytes.toByteArray();
    }

    /** The event with another announced length of its ballot's id, and the id unchanged. */
    private static byte[] lengthOfBallotId(byte[] event, int said) {
        ByteBuffer length = ByteBuffer.allocate(5);
        ByteUtils.writeVarint(said, length);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(event, 0, 10);
        bytes.write(length.array(), 0, length.position());
        bytes.write(event, 11, event.length - 11);
        return bytes.toByteArray();
    }

    private static JsonNode health(int status) {
        HttpResponse<String> answer =
                gateway.send(HttpRequest.newBuilder(gateway.management("/actuator/health/readiness")));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return json(answer);
    }

    private static double passedOver() {
        return metric("votelog_ballots_passed_over_total");
    }

    private static double metric(String name) {
        return gateway.send(HttpRequest.newBuilder(gateway.management("/actuator/prometheus")))
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .map(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not among the metrics"));
    }
}
