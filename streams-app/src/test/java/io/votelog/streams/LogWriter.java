// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import io.votelog.events.BallotStage;
import io.votelog.events.PepperFingerprint;
import io.votelog.events.Salt;
import io.votelog.events.VoteCast;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.BallotFile;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Writes the records that gateways write, and some that nobody should write. */
final class LogWriter implements AutoCloseable {
    /** The partitions of votes in these tests. */
    static final int PARTITIONS = 4;

    private static final KeyPair KEYS = LogSigner.newKeyPair();
    private static final LogSigner SIGNER =
            LogSigner.of(LogSigner.privateKeyText(KEYS), LogKeys.publicKeyText(KEYS.getPublic()));

    private final KafkaProducer<byte[], byte[]> producer;
    private final Random random = new Random(42);

    LogWriter(String bootstrapServers) {
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.LINGER_MS_CONFIG,
                        0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** The position of a vote, and who cast it. */
    record Written(Pseudonym voter, UUID voteId, int partition, long offset, Instant recordedAt) {
        String receipt() {
            return new Receipt(voter, voteId).toString();
        }

        /** The path and query that ask for the vote's receipt. */
        String receiptPath(String ballotId) {
            return "/v1/ballots/%s/receipts/%s?offset=%d".formatted(ballotId, receipt(), offset);
        }
    }

    static String publicKey() {
        return LogKeys.publicKeyText(KEYS.getPublic());
    }

    /**
     * A ballot with options a1, a2, a3 in section A and b1, b2 in section B; 2 to 4 picks in all, 1 to 2 in A, at least 1 in B.
     */
    static BallotDefinition ballot(String id, Instant opensAt, Instant closesAt, String visibility) {
        String yaml =
                """
                ballotId: %s
                title: {zh: 评选, en: 'A vote, "quoted"'}
                window: {opensAt: "%s", closesAt: "%s"}
                picks: {min: 2, max: 4}
                sections:
                  - id: A
                    title: Part A
                    picks: {min: 1, max: 2}
                    options:
                      - {id: a1, title: {zh: 甲, en: 'One, "first"'}}
                      - {id: a2, title: {zh: 乙, en: Two}}
                      - {id: a3, title: 丙}
                  - id: B
                    title: {en: Part B}
                    picks: {min: 1}
                    options:
                      - {id: b1, title: Fourth}
                      - {id: b2, title: {en: Fifth}}
                results: {visibility: %s}
                """
                        .formatted(
                                id,
                                opensAt.truncatedTo(ChronoUnit.MILLIS),
                                closesAt.truncatedTo(ChronoUnit.MILLIS),
                                visibility);
        Ballot.Definition read = BallotFile.YAML.read(yaml.getBytes(StandardCharsets.UTF_8));
        if (read instanceof Ballot.Definition.Valid valid) {
            return BallotDefinition.of(valid.ballot());
        }
        throw new IllegalArgumentException(read.toString());
    }

    /** Publishes an open ballot with live results. */
    BallotDefinition publishOpen(String id) {
        Instant now = Instant.now();
        return publish(ballot(id, now.minusSeconds(60), now.plusSeconds(3600), "live"));
    }

    /** Publishes a ballot as a gateway does: the claim, a copy in every partition, and the ready record. */
    BallotDefinition publish(BallotDefinition definition) {
        claim(definition);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            stand(definition, partition);
        }
        ready(definition);
        return definition;
    }

    void claim(BallotDefinition definition) {
        toBallots(definition, published(definition, LogSigner.CLAIM));
    }

    RecordMetadata stand(BallotDefinition definition, int partition) {
        return send(new ProducerRecord<>(Topics.VOTES.name(), partition, null, published(definition, partition)));
    }

    void ready(BallotDefinition definition) {
        toBallots(definition, SIGNER.ready(id(definition), definition.digest(), BallotStage.PUBLISHED));
    }

    /** Closes a ballot: the intent to close, and the end in every partition. */
    void close(BallotDefinition definition) {
        closeIntent(definition);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            closePartition(definition, partition);
        }
    }

    void closeIntent(BallotDefinition definition) {
        toBallots(definition, SIGNER.closed(id(definition), definition.digest(), LogSigner.CLAIM));
    }

    void closePartition(BallotDefinition definition, int partition) {
        byte[] value = SIGNER.closed(id(definition), definition.digest(), partition);
        send(new ProducerRecord<>(Topics.VOTES.name(), partition, null, value));
    }

    /** Ends a ballot in every partition, as gateways do when closesAt has come. */
    void end(BallotDefinition definition) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            byte[] value = SIGNER.ended(id(definition), definition.digest(), partition);
            send(new ProducerRecord<>(Topics.VOTES.name(), partition, null, value));
        }
    }

    /** Annuls a vote, as a gateway does. */
    RecordMetadata annul(BallotDefinition definition, Written vote, String reason) {
        byte[] value = SIGNER.annulled(
                id(definition),
                definition.digest(),
                new Receipt(vote.voter(), vote.voteId()),
                reason,
                vote.partition());
        return raw(vote.partition(), null, value);
    }

    Pseudonym voter() {
        byte[] bytes = new byte[Pseudonym.LENGTH];
        random.nextBytes(bytes);
        return Pseudonym.of(bytes);
    }

    Pseudonym voterOf(int partition) {
        for (; ; ) {
            Pseudonym voter = voter();
            if (voter.partition(PARTITIONS) == partition) {
                return voter;
            }
        }
    }

    UUID voteId() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    /** Casts a vote of a new voter. */
    Written vote(String ballotId, String... choices) {
        return vote(ballotId, voter(), voteId(), choices);
    }

    Written vote(String ballotId, Pseudonym voter, UUID voteId, String... choices) {
        byte[] salt = new byte[32];
        random.nextBytes(salt);
        byte[] value = Events.encode(new VoteCast(voteId, ballotId, List.of(choices), new Salt(salt)));
        int partition = voter.partition(PARTITIONS);
        RecordMetadata at = raw(partition, voter.bytes(), value);
        return new Written(voter, voteId, partition, at.offset(), Instant.ofEpochMilli(at.timestamp()));
    }

    RecordMetadata raw(int partition, byte @Nullable [] key, byte @Nullable [] value) {
        return send(new ProducerRecord<>(Topics.VOTES.name(), partition, key, value));
    }

    private byte[] published(BallotDefinition definition, int partition) {
        return SIGNER.published(
                definition,
                partition,
                PARTITIONS,
                List.of(Events.VOTE_CAST_FINGERPRINT),
                new PepperFingerprint(new byte[8]));
    }

    private void toBallots(BallotDefinition definition, byte[] value) {
        send(new ProducerRecord<>(Topics.BALLOTS.name(), 0, id(definition).getBytes(StandardCharsets.UTF_8), value));
    }

    private static String id(BallotDefinition definition) {
        return definition.ballot().id();
    }

    private RecordMetadata send(ProducerRecord<byte[], byte[]> record) {
        try {
            return producer.send(record).get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
