// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.log;

import io.votelog.events.BallotResults;
import io.votelog.events.BallotStage;
import io.votelog.events.BallotStatus;
import io.votelog.events.CountedPosition;
import io.votelog.events.Outcome;
import io.votelog.events.PepperFingerprint;
import io.votelog.events.Salt;
import io.votelog.events.VoteCast;
import io.votelog.events.VoteDecided;
import io.votelog.infra.bench.system.BrokerTopics;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.voters.DrawnVotes;
import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.system.BallotSource;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.CloudEvent;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topics;
import io.votelog.schemas.registry.SchemaIds;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A log, written straight to a broker: a ballot, signed, and a vote of each of many voters, some of them sent twice; on request the
 * verdict on each vote and the results too. As the gateway and the topology would have written it, but faster, and decisions
 * without transactions.
 */
public final class MadeLog {
    private static final CloudEvent VOTE_CAST = new CloudEvent("VoteCast", "producer");
    private static final CloudEvent VOTE_DECIDED = new CloudEvent("VoteDecided", "streams-app");
    private static final String COUNTING_GROUP = "votelog-streams";
    private static final int SAY_EACH = 1_000_000;

    private final String bootstrapServers;
    private final int partitions;
    private final int retriedPercent;
    private final KeyPair keys = LogSigner.newKeyPair();
    private final BallotDefinition ballot;
    private final DrawnVotes votes;
    private final SplittableRandom random;
    private final long[] tally;
    private final long[] ends;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final Map<Integer, Receipt> oldest = new TreeMap<>();
    private int voted;
    private long newestMs;
    private long accepted;
    private long retried;
    private final SchemaIds schemas;

    /**
     * A log that is not written yet.
     *
     * @param ballot whose window is moved to now
     * @param retriedPercent how many voters of a hundred send their vote twice, 0 to 100
     */
    public MadeLog(String bootstrapServers, Ballot ballot, int partitions, int retriedPercent, long seed) {
        this(bootstrapServers, ballot, partitions, retriedPercent, seed, SchemaIds.none());
    }

    /** @param schemas decides in which form its events are written */
    public MadeLog(
            String bootstrapServers, Ballot ballot, int partitions, int retriedPercent, long seed, SchemaIds schemas) {
        this.schemas = schemas;
        this.bootstrapServers = bootstrapServers;
        this.partitions = partitions;
        this.retriedPercent = retriedPercent;
        Ballot open = BallotSource.open(ballot, Instant.now()).ballot();
        this.ballot = BallotDefinition.of(open);
        this.votes = new DrawnVotes(open, seed);
        this.random = new SplittableRandom(seed);
        this.tally = new long[open.optionCount()];
        this.ends = new long[partitions];
    }

    /** Where the broker of the log is, as {@code host:port}. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** The partitions of votes. */
    public int partitions() {
        return partitions;
    }

    /** The key that its control records are signed with, as {@code votelog.log.public-keys} takes it. */
    public String publicKey() {
        return LogKeys.publicKeyText(keys.getPublic());
    }

    /** The one ballot that its votes are on. */
    public Ballot ballot() {
        return ballot.ballot();
    }

    /** Records of votes that are in the log. */
    public long records() {
        return Arrays.stream(ends).sum();
    }

    /** Votes that are accepted when the log is counted. */
    public long accepted() {
        return accepted;
    }

    /** Votes that were sent again. */
    public long retried() {
        return retried;
    }

    /** The result: picks by option, in the ballot's order. */
    public List<Long> tally() {
        return Arrays.stream(tally).boxed().toList();
    }

    /** The receipt of the oldest vote in each partition that has one; all of them are accepted. */
    public List<Receipt> oldest() {
        return List.copyOf(oldest.values());
    }

    /** Writes all of it, with one vote for each voter. */
    public void write(int voters) {
        new BrokerTopics(bootstrapServers).createAll(partitions);
        try (KafkaProducer<byte[], byte[]> log = producer();
                KafkaProducer<byte[], byte[]> verdicts = producer()) {
            cast(log, verdicts, voters);
            verdicts.flush();
            publishResults(verdicts);
            verdicts.flush();
        }
        requireWritten();
    }

    /** Writes ballot and votes alone, for somebody else to count. */
    public void writeVotes(int voters) {
        new BrokerTopics(bootstrapServers).createAll(partitions);
        try (KafkaProducer<byte[], byte[]> log = producer()) {
            cast(log, null, voters);
        }
        requireWritten();
    }

    /** Writes votes of so many further voters; returns when they are written. */
    public void writeMore(int voters) {
        try (KafkaProducer<byte[], byte[]> log = producer()) {
            castAll(log, null, voters);
        }
        requireWritten();
    }

    /** Writes a vote of a further voter, and one more behind each pause, until it is enough; returns when they are written. */
    public void trickle(Duration pause, BooleanSupplier enough) {
        try (KafkaProducer<byte[], byte[]> log = producer()) {
            while (!enough.getAsBoolean()) {
                castAll(log, null, 1);
                TestSystem.pause(pause);
            }
        }
        requireWritten();
    }

    private void requireWritten() {
        Exception failed = failure.get();
        if (failed != null) {
            throw new BenchException("the log cannot be written: " + failed);
        }
    }

    private void cast(KafkaProducer<byte[], byte[]> log, @Nullable KafkaProducer<byte[], byte[]> verdicts, int voters) {
        publish(log);
        castAll(log, verdicts, voters);
    }

    private void castAll(
            KafkaProducer<byte[], byte[]> log, @Nullable KafkaProducer<byte[], byte[]> verdicts, int voters) {
        for (int end = voted + voters; voted < end; voted++) {
            int voter = voted;
            long sentTwice = (long) voter * retriedPercent / 100;
            castOne(log, verdicts, voter, (voter + 1L) * retriedPercent / 100 > sentTwice);
            if ((voter + 1) % SAY_EACH == 0) {
                System.err.printf("making the log: %,d voters%n", voter + 1);
            }
        }
        log.flush();
    }

    /** Says for the streams apps, which are not there, that they have counted all of it. */
    public void haveCounted() {
        Map<TopicPartition, OffsetAndMetadata> counted = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            counted.put(new TopicPartition(Topics.VOTES.name(), partition), new OffsetAndMetadata(ends[partition]));
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.alterConsumerGroupOffsets(COUNTING_GROUP, counted).all().get(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        } catch (ExecutionException | TimeoutException e) {
            throw new BenchException("the group's offsets cannot be set: " + e);
        }
    }

    private void publish(KafkaProducer<byte[], byte[]> log) {
        LogSigner signer = LogSigner.of(LogSigner.privateKeyText(keys), publicKey());
        PepperFingerprint pepper = new PepperFingerprint(new byte[8]);
        List<Long> schemas = List.of(Events.VOTE_CAST_FINGERPRINT);
        byte[] key = ballot.ballot().id().getBytes(StandardCharsets.UTF_8);
        byte[] claim = signer.published(ballot, LogSigner.CLAIM, partitions, schemas, pepper);
        log.send(new ProducerRecord<>(Topics.BALLOTS.name(), 0, key, claim), this::note);
        for (int partition = 0; partition < partitions; partition++) {
            byte[] value = signer.published(ballot, partition, partitions, schemas, pepper);
            log.send(new ProducerRecord<>(Topics.VOTES.name(), partition, null, value), counted());
        }
        log.flush();
        byte[] ready = signer.ready(ballot.ballot().id(), ballot.digest(), BallotStage.PUBLISHED);
        log.send(new ProducerRecord<>(Topics.BALLOTS.name(), 0, key, ready), this::note);
        log.flush();
    }

    private void castOne(
            KafkaProducer<byte[], byte[]> log,
            @Nullable KafkaProducer<byte[], byte[]> verdicts,
            int voter,
            boolean twice) {
        byte[] key = new byte[Pseudonym.LENGTH];
        random.nextBytes(key);
        byte[] salt = new byte[32];
        random.nextBytes(salt);
        UUID voteId = new UUID(random.nextLong(), random.nextLong());
        List<String> choices = votes.of(voter);
        ballot.ballot().check(choices).picks().forEach(option -> tally[option]++);
        byte[] value = Events.encode(new VoteCast(voteId, ballot.ballot().id(), choices, new Salt(salt)));
        int partition = Pseudonym.partition(key, partitions);
        oldest.computeIfAbsent(partition, any -> new Receipt(Pseudonym.of(key), voteId));
        accepted++;
        send(log, verdicts, partition, key, value, voteId, Outcome.ACCEPTED);
        if (twice) {
            retried++;
            send(log, verdicts, partition, key, value, voteId, Outcome.RETRIED);
        }
    }

    private void send(
            KafkaProducer<byte[], byte[]> log,
            @Nullable KafkaProducer<byte[], byte[]> verdicts,
            int partition,
            byte[] key,
            byte[] value,
            UUID voteId,
            Outcome outcome) {
        Headers headers = VOTE_CAST.headers(voteId.toString());
        Callback noted = counted();
        log.send(new ProducerRecord<>(Topics.VOTES.name(), partition, key, value, headers), (written, failed) -> {
            noted.onCompletion(written, failed);
            if (failed == null && verdicts != null) {
                byte[] verdict = Events.encode(new VoteDecided(
                        voteId,
                        ballot.ballot().id(),
                        outcome,
                        null,
                        written.offset(),
                        Instant.ofEpochMilli(written.timestamp())));
                verdicts.send(
                        new ProducerRecord<>(
                                Topics.DECISIONS.name(),
                                partition,
                                key,
                                verdict,
                                VOTE_DECIDED.headers(partition + "/" + written.offset())),
                        this::note);
            }
        });
    }

    /** Notes how far votes go; all of it in the one thread of their producer. */
    private Callback counted() {
        return (written, failed) -> {
            note(written, failed);
            if (failed == null) {
                ends[written.partition()] = written.offset() + 1;
                newestMs = Math.max(newestMs, written.timestamp());
            }
        };
    }

    private void note(@Nullable RecordMetadata written, @Nullable Exception failed) {
        if (failed != null) {
            failure.compareAndSet(null, failed);
        }
    }

    private void publishResults(KafkaProducer<byte[], byte[]> log) {
        List<CountedPosition> positions = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            positions.add(new CountedPosition(partition, ends[partition], null));
        }
        BallotResults results = BallotResults.newBuilder()
                .setBallotId(ballot.ballot().id())
                .setDigest(ballot.digest())
                .setStatus(BallotStatus.OPEN)
                .setVersion(records())
                .setRevision(0)
                .setAsOf(Instant.ofEpochMilli(newestMs))
                .setReceived(accepted + retried)
                .setAccepted(accepted)
                .setRetried(retried)
                .setRejected(List.of())
                .setLate(0)
                .setVotes(tally())
                .setPositions(positions)
                .build();
        byte[] key = ballot.ballot().id().getBytes(StandardCharsets.UTF_8);
        log.send(new ProducerRecord<>(Topics.RESULTS.name(), key, Events.encode(results)), this::note);
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "acks", "all",
                        "linger.ms", "5",
                        "batch.size", "65536",
                        "buffer.memory", "67108864",
                        "max.block.ms", "120000",
                        "enable.metrics.push", "false"),
                new ByteArraySerializer(),
                schemas.serializer());
    }
}
