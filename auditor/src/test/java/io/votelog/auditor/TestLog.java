// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor;

import io.votelog.auditor.source.CountedOffsets;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.MergedOffsets;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
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
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** A log in memory, built record by record; each record is a second later than the one before. */
public final class TestLog implements LogSource {
    public static final int PARTITIONS = 2;
    static final Instant OPENS = Instant.parse("2021-12-05T00:00:00Z");
    public static final Instant CLOSES = Instant.parse("2021-12-06T00:00:00Z");

    private static final KeyPair PAIR = LogSigner.newKeyPair();
    public static final LogSigner SIGNER =
            LogSigner.of(LogSigner.privateKeyText(PAIR), LogKeys.publicKeyText(PAIR.getPublic()));

    private final Map<String, List<List<ConsumerRecord<byte[], byte[]>>>> topics = new TreeMap<>();
    /** The committed offsets of the counting group. */
    @Nullable
    public CountedOffsets counted;

    /** The committed offsets of the merging group. */
    @Nullable
    public MergedOffsets merged;

    private Instant now = OPENS.plusSeconds(60);

    public TestLog() {
        topics.put(Topics.BALLOTS.name(), List.of(new ArrayList<>()));
        topics.put(
                Topics.VOTES.name(),
                IntStream.range(0, PARTITIONS)
                        .<List<ConsumerRecord<byte[], byte[]>>>mapToObj(any -> new ArrayList<>())
                        .toList());
    }

    /** Adds an empty topic of one partition. */
    public TestLog withTopic(Topic topic) {
        return withTopic(topic, 1);
    }

    public TestLog withTopic(Topic topic, int partitions) {
        topics.put(
                topic.name(),
                IntStream.range(0, partitions)
                        .<List<ConsumerRecord<byte[], byte[]>>>mapToObj(any -> new ArrayList<>())
                        .toList());
        return this;
    }

    /** Adds an empty partition to a topic. */
    public TestLog addPartition(Topic topic) {
        topics.compute(topic.name(), (name, partitions) -> {
            List<List<ConsumerRecord<byte[], byte[]>>> more = new ArrayList<>(partitions);
            more.add(new ArrayList<>());
            return more;
        });
        return this;
    }

    /** Takes a topic's last partition out of the log. */
    public void forgetLast(Topic topic) {
        topics.compute(topic.name(), (name, partitions) -> partitions.subList(0, partitions.size() - 1));
    }

    public static LogKeys keys() {
        return SIGNER.publicKey();
    }

    public static String publicKey() {
        return LogKeys.publicKeyText(PAIR.getPublic());
    }

    /** Five options in two sections, two to four picks, at least one from each section. */
    public static BallotDefinition fruits(String id, String visibility) {
        String yaml =
                """
                ballotId: %s
                title: Fruits
                window: {opensAt: "%s", closesAt: "%s"}
                picks: {min: 2, max: 4}
                sections:
                  - {id: A, title: A, picks: {min: 1, max: 2}, options: [{id: a1, title: a}, {id: a2, title: b}, {id: a3, title: c}]}
                  - {id: B, title: B, picks: {min: 1}, options: [{id: b1, title: d}, {id: b2, title: e}]}
                results: {visibility: %s}
                """
                        .formatted(id, OPENS, CLOSES, visibility);
        if (BallotFile.YAML.read(yaml.getBytes(StandardCharsets.UTF_8)) instanceof Ballot.Definition.Valid valid) {
            return BallotDefinition.of(valid.ballot());
        }
        throw new AssertionError(yaml);
    }

    public static BallotDefinition fruits() {
        return fruits("fruits", "live");
    }

    /** The n-th voter's pseudonym. */
    public static byte[] voter(int number) {
        return ByteBuffer.allocate(Pseudonym.LENGTH)
                .putLong(0x9E3779B97F4A7C15L * (number + 1))
                .putLong(0xC2B2AE3D27D4EB4FL * (number + 1))
                .array();
    }

    public static UUID voteId(int number) {
        return new UUID(0x7a5b3c4d1e6f4a2bL * (number + 1), 0x9182736455463728L * (number + 1));
    }

    public TestLog publish(BallotDefinition ballot) {
        PepperFingerprint pepper = new PepperFingerprint(new byte[8]);
        List<Long> schemas = List.of(Events.VOTE_CAST_FINGERPRINT);
        add(Topics.BALLOTS, 0, null, SIGNER.published(ballot, LogSigner.CLAIM, PARTITIONS, schemas, pepper));
        for (int partition = 0; partition < PARTITIONS; partition++) {
            add(Topics.VOTES, partition, null, SIGNER.published(ballot, partition, PARTITIONS, schemas, pepper));
        }
        return this;
    }

    public TestLog close(BallotDefinition ballot) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            add(Topics.VOTES, partition, null, SIGNER.closed(ballot.ballot().id(), ballot.digest(), partition));
        }
        return this;
    }

    public TestLog annul(BallotDefinition ballot, int voter, int id, String reason) {
        Receipt receipt = new Receipt(Pseudonym.of(voter(voter)), voteId(id));
        int partition = receipt.voter().partition(PARTITIONS);
        return add(
                Topics.VOTES,
                partition,
                null,
                SIGNER.annulled(ballot.ballot().id(), ballot.digest(), receipt, reason, partition));
    }

    public TestLog vote(String ballotId, int voter, int id, String... choices) {
        byte[] key = voter(voter);
        VoteCast vote = new VoteCast(voteId(id), ballotId, List.of(choices), new Salt(new byte[32]));
        return add(Topics.VOTES, Pseudonym.partition(key, PARTITIONS), key, Events.encode(vote));
    }

    public TestLog vote(int voter, int id, String... choices) {
        return vote("fruits", voter, id, choices);
    }

    /** Publishes results of a ballot as final. */
    public TestLog finalResults(BallotDefinition ballot, long revision) {
        topics.putIfAbsent(Topics.RESULTS.name(), List.of(new ArrayList<>()));
        BallotResults results = BallotResults.newBuilder()
                .setBallotId(ballot.ballot().id())
                .setDigest(ballot.digest())
                .setStatus(BallotStatus.FINAL)
                .setVersion(0)
                .setRevision(revision)
                .setAsOf(now)
                .setReceived(0)
                .setAccepted(0)
                .setRetried(0)
                .setRejected(List.of())
                .setLate(0)
                .setVotes(List.of())
                .setPositions(List.of())
                .build();
        return add(Topics.RESULTS, 0, null, Events.encode(results));
    }

    public TestLog add(Topic topic, int partition, byte[] key, byte[] value) {
        List<ConsumerRecord<byte[], byte[]>> records = records(topic, partition);
        records.add(record(topic, partition, records.size(), now.toEpochMilli(), key, value));
        now = now.plusSeconds(1);
        return this;
    }

    /** The records of a partition, to be changed. */
    public List<ConsumerRecord<byte[], byte[]>> records(Topic topic, int partition) {
        return topics.get(topic.name()).get(partition);
    }

    public void change(int partition, int offset, UnaryOperator<VoteCast> change) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> votes = records(Topics.VOTES, partition);
        ConsumerRecord<byte[], byte[]> old = votes.get(offset);
        VoteCast vote = Events.decode(old.value(), VoteCast.class);
        votes.set(
                offset,
                record(Topics.VOTES, partition, offset, old.timestamp(), old.key(), Events.encode(change.apply(vote))));
    }

    public static ConsumerRecord<byte[], byte[]> record(
            Topic topic, int partition, long offset, long timestampMs, byte[] key, byte[] value) {
        return record(topic.name(), partition, offset, timestampMs, key, value, new RecordHeaders());
    }

    public static ConsumerRecord<byte[], byte[]> record(
            String topic, int partition, long offset, long timestampMs, byte[] key, byte[] value, Headers headers) {
        return new ConsumerRecord<>(
                topic,
                partition,
                offset,
                timestampMs,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                key,
                value,
                headers,
                Optional.empty());
    }

    @Override
    public String name() {
        return "a log that was made";
    }

    @Override
    public List<OffsetRange> ranges(String topic) {
        List<List<ConsumerRecord<byte[], byte[]>>> partitions = topics.getOrDefault(topic, List.of());
        return IntStream.range(0, partitions.size())
                .mapToObj(partition -> {
                    var records = partitions.get(partition);
                    long end = records.isEmpty()
                            ? 0
                            : records.get(records.size() - 1).offset() + 1;
                    return new OffsetRange(topic, partition, 0, end);
                })
                .toList();
    }

    @Override
    public Optional<CountedOffsets> counted(String group) {
        return Optional.ofNullable(counted);
    }

    @Override
    public Optional<MergedOffsets> merged(String group) {
        return Optional.ofNullable(merged);
    }

    @Override
    public Records stored(OffsetRange range) {
        Iterator<ConsumerRecord<byte[], byte[]>> records = topics.get(range.topic()).get(range.partition()).stream()
                .filter(record -> record.offset() < range.end())
                .iterator();
        return new Records() {
            @Override
            public ConsumerRecord<byte[], byte[]> next() {
                return records.hasNext() ? records.next() : null;
            }

            @Override
            public void close() {
                // There is nothing to close.
            }
        };
    }

    @Override
    public void close() {
        // There is nothing to close.
    }
}
