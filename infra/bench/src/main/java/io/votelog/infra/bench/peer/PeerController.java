// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.peer;

import io.votelog.events.Salt;
import io.votelog.events.VoteCast;
import io.votelog.infra.system.Pseudonyms;
import io.votelog.schemas.CloudEvent;
import io.votelog.schemas.Events;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.ResponseEntity;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The gateway's vote route without its rules: the same key, partition, record and answer. */
@RestController
class PeerController {
    private static final CloudEvent VOTE_CAST = new CloudEvent("VoteCast", "producer");
    private static final int SALT_BYTES = 32;

    private final KafkaTemplate<byte[], byte[]> kafka;
    private final String topic;
    private final int partitions;
    private final String streams;
    private final byte[] pepper;
    private final SecureRandom random = new SecureRandom();

    PeerController(
            KafkaTemplate<byte[], byte[]> kafka,
            @Value("${peer.topic}") String topic,
            @Value("${peer.partitions}") int partitions,
            @Value("${peer.streams}") String streams,
            @Value("${peer.pepper}") String pepper) {
        this.kafka = kafka;
        this.topic = topic;
        this.partitions = partitions;
        this.streams = streams;
        this.pepper = Base64.getDecoder().decode(pepper);
    }

    record Vote(List<String> choices) {}

    record Recorded(String voteId, String ballotId, String receipt, int partition, long offset, String recordedAt) {}

    @PostMapping("/v1/ballots/{ballotId}/votes")
    CompletableFuture<ResponseEntity<Recorded>> cast(
            @PathVariable String ballotId, @AuthenticationPrincipal Jwt token, @RequestBody Vote vote) {
        Pseudonyms pseudonyms = new Pseudonyms(pepper, ballotId);
        Pseudonym voter = pseudonyms.of(String.valueOf(token.getSubject()));
        UUID voteId = pseudonyms.voteId(voter, vote.choices());
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        byte[] value = Events.encode(new VoteCast(voteId, ballotId, vote.choices(), new Salt(salt)));
        Receipt receipt = new Receipt(voter, voteId);
        return kafka.send(new ProducerRecord<>(
                        topic,
                        voter.partition(partitions),
                        null,
                        voter.bytes(),
                        value,
                        VOTE_CAST.headers(voteId.toString())))
                .thenApply(sent -> ResponseEntity.accepted()
                        .location(URI.create("%s/v1/ballots/%s/receipts/%s?offset=%d"
                                .formatted(
                                        streams,
                                        ballotId,
                                        receipt,
                                        sent.getRecordMetadata().offset())))
                        .body(new Recorded(
                                voteId.toString(),
                                ballotId,
                                receipt.toString(),
                                sent.getRecordMetadata().partition(),
                                sent.getRecordMetadata().offset(),
                                Instant.ofEpochMilli(sent.getRecordMetadata().timestamp())
                                        .toString())));
    }
}
