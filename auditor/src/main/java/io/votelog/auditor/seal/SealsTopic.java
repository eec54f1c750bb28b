// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.BrokerSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.auditor.source.PartitionTail;
import io.votelog.events.BallotSealed;
import io.votelog.events.CheckpointSigned;
import io.votelog.events.LogSealed;
import io.votelog.events.SealedTree;
import io.votelog.schemas.CloudEvent;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The topic of seals, for its only writer or for one who follows what is written there.
 *
 * <p>Opening it for the writer fences the writer before: Kafka accepts only the newest producer of a transactional id, and refuses every
 * older one, even one that was paused and continues later. So for the writer the topic holds exactly what was read when it was opened and
 * what was written since; for a follower, what was read last.
 *
 * <p>May be used by several threads, with one exception: while a thread adds or reads a seal, no other may read the seals.
 */
public final class SealsTopic implements AutoCloseable {
    private static final int PARTITION = 0;
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(10);

    /** How long to wait for what is under way when the brokers do not answer. The next writer aborts it. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final @Nullable KafkaProducer<byte[], byte[]> producer;
    private final @Nullable PartitionTail tail;
    private final List<Seal> seals = new ArrayList<>();
    private final Map<SealedTree, CheckpointSigned> newest = new EnumMap<>(SealedTree.class);
    private final Map<SealedTree, Map<Long, String>> texts = new EnumMap<>(SealedTree.class);
    private final Map<String, Long> results = new HashMap<>();
    private long[] sealedTo;

    /**
     * The number of partitions of the newest seal. Partitions may have been added to votes since; the next seal
     * includes them.
     */
    private int partitions;

    /**
     * Opens the topic to follow it; {@link #follow} reads on.
     *
     * @param partitions the number of partitions of votes
     */
    public SealsTopic(BrokerSource source, int partitions) {
        this.sealedTo = new long[partitions];
        this.producer = null;
        this.tail = source.tail(Topics.SEALS.name(), PARTITION);
    }

    /**
     * Opens the topic to write it.
     *
     * @param partitions the number of partitions of votes
     * @throws AuditException when the topic cannot be read, or holds what a single sealer cannot have written
     */
    public SealsTopic(BrokerSource source, Map<String, Object> clientSettings, int partitions) {
        this.sealedTo = new long[partitions];
        this.tail = null;
        Map<String, Object> settings = new HashMap<>(clientSettings);
        settings.put("acks", "all");
        settings.put("enable.idempotence", "true");
        settings.put("transactional.id", Role.SEALER_TRANSACTIONAL_ID);
        settings.put("transaction.timeout.ms", Long.toString(TRANSACTION_TIMEOUT.toMillis()));
        settings.put("max.block.ms", "30000");
        settings.put("compression.type", "none");
        KafkaProducer<byte[], byte[]> writer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        producer = writer;
        try {
            // When this returns, the last transaction of an earlier producer is committed or aborted.
            writer.initTransactions();
            for (OffsetRange range : source.ranges(Topics.SEALS.name())) {
                source.read(range, this::take);
            }
        } catch (KafkaException e) {
            close();
            throw refused(e, Duration.ZERO);
        } catch (AuditException e) {
            close();
            throw e;
        }
    }

    /** Whether this object may write the topic. */
    boolean writes() {
        return producer != null;
    }

    /**
     * Reads what was written since, for a follower.
     *
     * @param end an offset that the topic has reached
     * @throws AuditException when the topic cannot be read, holds what a single sealer cannot have written, or seals a partition of votes
     *     that was added since this object was opened
     */
    public void follow(long end) {
        PartitionTail seals = Objects.requireNonNull(tail, "a writer knows what it wrote");
        for (ConsumerRecord<byte[], byte[]> record = seals.peek(end); record != null; record = seals.peek(end)) {
            take(record);
            seals.take();
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            take(Events.decode(record.value()).event());
        } catch (MalformedEventException e) {
            throw broken("offset %d holds no event: %s".formatted(record.offset(), e.getMessage()));
        }
    }

    /** All seals in their order. */
    public List<Seal> seals() {
        return seals;
    }

    /** By partition of votes: the offset after the last sealed record. */
    long[] sealedTo() {
        return sealedTo.clone();
    }

    /** The newest signed checkpoint of a tree. */
    synchronized Optional<CheckpointSigned> newest(SealedTree tree) {
        return Optional.ofNullable(newest.get(tree));
    }

    /** The checkpoint text that was signed for a tree with the leaves up to this seal: origin, size and root. */
    synchronized Optional<String> signedText(SealedTree tree, long sequence) {
        return Optional.ofNullable(texts.getOrDefault(tree, Map.of()).get(sequence));
    }

    /** The number of the newest seal whose leaves the tree had when this checkpoint text was signed. */
    synchronized Optional<Long> sequence(SealedTree tree, String text) {
        return texts.getOrDefault(tree, Map.of()).entrySet().stream()
                .filter(entry -> entry.getValue().equals(text))
                .map(Map.Entry::getKey)
                .max(Long::compare);
    }

    /**
     * Whether these results, or later ones that correct them, are sealed. Old results are published once more when the
     * streams apps count from the beginning again.
     */
    boolean holds(String ballotId, long revision) {
        return results.getOrDefault(ballotId, -1L) >= revision;
    }

    /** Adds a seal of the records of votes below these offsets. */
    void sealLog(long[] ends) {
        List<Long> numbers = new ArrayList<>();
        for (long end : ends) {
            numbers.add(end);
        }
        long sequence = seals.size();
        append(new LogSealed(sequence, numbers), Long.toString(sequence));
    }

    /** Adds a seal of a final result. */
    void sealResult(String ballotId, long revision, String statement) {
        long sequence = seals.size();
        append(new BallotSealed(sequence, ballotId, revision, statement), Long.toString(sequence));
    }

    /** Writes a signed checkpoint to the topic. */
    void publish(CheckpointSigned signed) {
        append(signed, "%s@%d".formatted(signed.getTree(), signed.getSize()));
    }

    private synchronized void append(SpecificRecord event, String id) {
        KafkaProducer<byte[], byte[]> writer = Objects.requireNonNull(producer, "a follower writes nothing");
        long begun = System.nanoTime();
        try {
            writer.beginTransaction();
            byte @Nullable [] noKey = null;
            writer.send(new ProducerRecord<>(
                    Topics.SEALS.name(),
                    PARTITION,
                    noKey,
                    Events.encode(event),
                    new CloudEvent(event.getSchema().getName(), "sealer").headers(id)));
            writer.commitTransaction();
        } catch (KafkaException e) {
            // The state here is unchanged. Whether the write took effect, the next writer reads from the topic.
            throw refused(e, Duration.ofNanos(System.nanoTime() - begun));
        }
        take(event);
    }

    private synchronized void take(SpecificRecord event) {
        if (event instanceof LogSealed sealed) {
            take(sealed);
        } else if (event instanceof BallotSealed sealed) {
            inOrder(sealed.getSequence());
            seals.add(new Seal.OfResult(
                    sealed.getSequence(), sealed.getBallotId(), sealed.getRevision(), sealed.getStatement()));
            results.merge(sealed.getBallotId(), sealed.getRevision(), Math::max);
        } else if (event instanceof CheckpointSigned signed) {
            newest.put(signed.getTree(), signed);
            String note = signed.getNote();
            texts.computeIfAbsent(signed.getTree(), any -> new HashMap<>())
                    .put(signed.getSequence(), note.substring(0, note.indexOf("\n\n") + 1));
        } else {
            throw broken("a %s stands there".formatted(event.getSchema().getName()));
        }
    }

    private void take(LogSealed sealed) {
        inOrder(sealed.getSequence());
        if (sealed.getEnds().size() > sealedTo.length) {
            throw broken("seal %d is of %d partitions, and votes has %d"
                    .formatted(sealed.getSequence(), sealed.getEnds().size(), sealedTo.length));
        }
        if (sealed.getEnds().size() < partitions) {
            throw broken("seal %d is of %d partitions, the one before of %d"
                    .formatted(sealed.getSequence(), sealed.getEnds().size(), partitions));
        }
        long[] ends = sealed.getEnds().stream().mapToLong(Long::longValue).toArray();
        for (int partition = 0; partition < ends.length; partition++) {
            if (ends[partition] < sealedTo[partition]) {
                throw broken("seal %d goes back in partition %d, from offset %d to %d"
                        .formatted(sealed.getSequence(), partition, sealedTo[partition], ends[partition]));
            }
        }
        seals.add(Seal.OfLog.behind(sealedTo, sealed.getSequence(), ends));
        partitions = ends.length;
        sealedTo = Arrays.copyOf(ends, sealedTo.length);
    }

    private void inOrder(long sequence) {
        if (sequence != seals.size()) {
            throw broken("seal %d stands where seal %d belongs".formatted(sequence, seals.size()));
        }
    }

    private static AuditException broken(String how) {
        return new AuditException("%s is not what one sealer writes: %s".formatted(Topics.SEALS.name(), how));
    }

    /** @param lasted how long the transaction had lasted; the brokers end one that is older than its time-out, and fence its producer */
    static AuditException refused(KafkaException cause, Duration lasted) {
        boolean fenced = fenced(cause) || fenced(cause.getCause());
        if (fenced && lasted.compareTo(TRANSACTION_TIMEOUT) >= 0) {
            return new AuditException(
                    "%s was not written in %d s, and the brokers gave the transaction up"
                            .formatted(Topics.SEALS.name(), lasted.toSeconds()),
                    new TimeoutException(cause.getMessage(), cause));
        }
        if (fenced) {
            return new AuditException(
                    "another sealer has taken over: there can be one alone, and this one ends", cause);
        }
        if (spoiled(cause) || spoiled(cause.getCause())) {
            return new AuditException(
                    "%s was not written, and the brokers know nothing of the transaction any more"
                            .formatted(Topics.SEALS.name()),
                    new TimeoutException(cause.getMessage(), cause));
        }
        return new AuditException(
                "%s cannot be written: %s".formatted(Topics.SEALS.name(), Texts.reason(cause)), cause);
    }

    /** Whether a write was refused since another sealer has opened the topic to write it. */
    public static boolean isTakenOver(AuditException failure) {
        return failure.getCause() instanceof KafkaException cause && (fenced(cause) || fenced(cause.getCause()));
    }

    private static boolean fenced(@Nullable Throwable cause) {
        return cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException;
    }

    /**
     * Whether brokers and producer no longer agree on its transaction or its records, as after an outage of brokers from one another. Nobody
     * took its place, so the next producer, which reads what stands in the topic, goes on.
     */
    private static boolean spoiled(@Nullable Throwable cause) {
        return cause instanceof InvalidTxnStateException
                || cause instanceof TransactionAbortableException
                || cause instanceof OutOfOrderSequenceException;
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close(LAST_WORDS);
        }
        if (tail != null) {
            tail.close();
        }
    }
}
