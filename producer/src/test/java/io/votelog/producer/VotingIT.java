package io.votelog.producer;

import static io.votelog.producer.Gateway.json;
import static io.votelog.producer.Gateway.openBallot;
import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.VoteCast;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.TopicReader;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.Events;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topics;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@WithKafka(freshTopics = true)
class VotingIT {
    private static Gateway gateway;
    private static String operator;
    private static String bootstrapServers;

    @BeforeAll
    static void start(KafkaBroker broker) {
        bootstrapServers = broker.bootstrapServers();
        gateway = Gateway.start(bootstrapServers);
        operator = gateway.token("operator", "ballots:write");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void shouldRecordAVoteAndSayWhereItsVerdictIsTold() throws Exception {
        HttpResponse<String> published = gateway.put(operator, "first", openBallot("first", "First"));
        assertThat(published.statusCode()).as(published.body()).isEqualTo(201);
        assertThat(published.headers().firstValue("Location")).hasValue("https://vote.example/v1/ballots/first");
        assertThat(json(published).path("ready").booleanValue()).isTrue();

        Instant before = Instant.now().minusSeconds(5);
        HttpResponse<String> voted =
                gateway.vote(gateway.token("alice", ""), "first", "{\"choices\": [\"a1\", \"b2\"]}");

        assertThat(voted.statusCode()).as(voted.body()).isEqualTo(202);
        assertThat(voted.headers().firstValue("Content-Type")).hasValue("application/json");
        JsonNode answer = json(voted);
        assertThat(answer.propertyNames())
                .containsExactly("voteId", "ballotId", "receipt", "partition", "offset", "recordedAt");
        assertThat(answer.path("ballotId").stringValue()).isEqualTo("first");
        Receipt receipt = Receipt.parse(answer.path("receipt").stringValue()).orElseThrow();
        assertThat(receipt.voteId())
                .isEqualTo(UUID.fromString(answer.path("voteId").stringValue()));
        assertThat(voted.headers().firstValue("Location"))
                .hasValue("https://results.example/v1/ballots/first/receipts/%s?offset=%d"
                        .formatted(receipt, answer.path("offset").longValue()));

        ConsumerRecord<byte[], byte[]> record = TopicReader.readAll(bootstrapServers, Topics.VOTES.name()).stream()
                .filter(found -> found.partition() == answer.path("partition").intValue()
                        && found.offset() == answer.path("offset").longValue())
                .findFirst()
                .orElseThrow();
        assertThat(record.key()).isEqualTo(receipt.voter().bytes());
        assertThat(record.partition()).isEqualTo(receipt.voter().partition(4));
        assertThat(Instant.parse(answer.path("recordedAt").stringValue()))
                .isEqualTo(Instant.ofEpochMilli(record.timestamp()))
                .isBetween(before, Instant.now().plusSeconds(5));
        assertThat(answer.path("recordedAt").stringValue()).endsWith("Z");
        VoteCast vote = Events.decode(record.value(), VoteCast.class);
        assertThat(vote.getVoteId()).isEqualTo(receipt.voteId());
        assertThat(vote.getBallotId()).isEqualTo("first");
        assertThat(vote.getChoices()).containsExactly("a1", "b2");
        assertThat(vote.getSalt().bytes()).isNotEqualTo(new byte[32]);
        assertThat(new String(record.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8))
                .isEqualTo(receipt.voteId().toString());
        assertThat(new String(record.headers().lastHeader("ce_type").value(), StandardCharsets.UTF_8))
                .isEqualTo("io.votelog.events.VoteCast");
    }
}
