// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import io.votelog.events.BallotStage;
import io.votelog.producer.crypto.GatewayKey;
import io.votelog.producer.crypto.Pepper;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.CloudEvent;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.AuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes signed control records. Each method blocks until the log has its records, at most for the producer's delivery timeout,
 * and throws a {@link LogUnavailableException} when the log has not confirmed them by then.
 */
final class ControlLog {
    private static final CloudEvent PUBLISHED = new CloudEvent("BallotPublished", "producer");
    private static final CloudEvent CLOSED = new CloudEvent("BallotClosed", "producer");
    private static final CloudEvent ENDED = new CloudEvent("BallotEnded", "producer");
    private static final CloudEvent ANNULLED = new CloudEvent("VoteAnnulled", "producer");
    private static final CloudEvent KEY_NAMED = new CloudEvent("GatewayKeyNamed", "producer");
    private static final CloudEvent READY = new CloudEvent("BallotReady", "producer");

    private static final Logger LOG = LoggerFactory.getLogger(ControlLog.class);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    private final Producer<byte[], byte[]> producer;
    private final LogSigner signer;
    private final Pepper pepper;
    private final VotePartitions partitions;

    ControlLog(Producer<byte[], byte[]> producer, LogSigner signer, Pepper pepper, VotePartitions partitions) {
        this.producer = producer;
        this.signer = signer;
        this.pepper = pepper;
        this.partitions = partitions;
    }

    /**
     * Names the key of this gateway, as often as it takes.
     *
     * @param patience for how long it is tried
     * @throws LogUnavailableException when the log has not taken it by then, or will not
     */
    void name(GatewayKey key, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        for (int tries = 1; ; tries++) {
            try {
                append(new byte[0], KEY_NAMED, "gateway-key/" + key.text(), key.record());
                return;
            } catch (LogUnavailableException e) {
                String what = "This gateway's key, with which it signs promises, cannot be named in %s: %s"
                        .formatted(Topics.BALLOTS.name(), e.getMessage());
                if (isFinal(e) || System.nanoTime() - end > 0) {
                    throw new LogUnavailableException(what, e);
                }
                if (tries == 1) {
                    LOG.warn("{}. It is tried again for {}", what, patience);
                }
                LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
            }
        }
    }

    /** Whether trying again would change nothing: the gateway may not write, or is being stopped. */
    private static boolean isFinal(LogUnavailableException e) {
        if (Thread.currentThread().isInterrupted()) {
            return true;
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof AuthorizationException) {
                return true;
            }
        }
        return false;
    }

    /** Claims the ballot's id for this definition; returns the claim's offset in the ballots topic. */
    long claim(BallotDefinition definition) {
        String id = definition.ballot().id();
        byte[] value = signer.published(
                definition,
                LogSigner.CLAIM,
                partitions.ofNewBallots(),
                List.of(Events.VOTE_CAST_FINGERPRINT),
                pepper.fingerprint(id));
        return toBallots(id, PUBLISHED, "published", value);
    }

    /** Writes the intent to close the ballot early; returns its offset in the ballots topic. */
    long intendClose(ListedBallot ballot) {
        byte[] value = signer.closed(ballot.id(), ballot.definition().digest(), LogSigner.CLAIM);
        return toBallots(ballot.id(), CLOSED, "closed", value);
    }

    /** Writes that a stage is reached in every partition of votes; returns the record's offset in the ballots topic. */
    long ready(ListedBallot ballot, BallotStage stage) {
        byte[] value = signer.ready(ballot.id(), ballot.definition().digest(), stage);
        return toBallots(ballot.id(), READY, "ready-" + stage, value);
    }

    /** Writes the claim's content into every partition that the ballot is for. */
    void publishEverywhere(ListedBallot ballot) {
        toVotes(
                everyPartition(ballot),
                ballot,
                PUBLISHED,
                "published",
                partition -> signer.published(
                        ballot.definition(),
                        partition,
                        ballot.partitionCount(),
                        ballot.voteSchemas(),
                        ballot.pepperFingerprint()));
    }

    /** Writes the early close into every partition that the ballot is for. */
    void closeEverywhere(ListedBallot ballot) {
        toVotes(
                everyPartition(ballot),
                ballot,
                CLOSED,
                "closed",
                partition -> signer.closed(ballot.id(), ballot.definition().digest(), partition));
    }

    /**
     * Writes the end into these partitions of votes.
     *
     * @return the broker's append times, in the order of the partitions
     */
    List<Instant> end(ListedBallot ballot, List<Integer> partitions) {
        return toVotes(
                partitions,
                ballot,
                ENDED,
                "ended",
                partition -> signer.ended(ballot.id(), ballot.definition().digest(), partition));
    }

    /** The position and append time of a record in votes. */
    record RecordPosition(int partition, long offset, Instant recordedAt) {}

    /** Writes the annulment of a vote into the partition of its voter. */
    RecordPosition annul(ListedBallot ballot, Receipt receipt, String reason) {
        int partition = receipt.voter().partition(ballot.partitionCount());
        byte[] value = signer.annulled(ballot.id(), ballot.definition().digest(), receipt, reason, partition);
        RecordMetadata at = acknowledged(send(new ProducerRecord<byte[], byte[]>(
                Topics.VOTES.name(),
                partition,
                null,
                null,
                value,
                ANNULLED.headers(ballot.id() + "/annulled/" + receipt.voteId()))));
        return new RecordPosition(partition, at.offset(), Instant.ofEpochMilli(at.timestamp()));
    }

    /**
     * The partitions that the ballot is for: 0, 1 and so on. The topic may have got more since.
     *
     * @throws LogUnavailableException when the topic has fewer; nothing is written then
     */
    List<Integer> everyPartition(ListedBallot ballot) {
        if (ballot.partitionCount() > partitions.now()) {
            throw new LogUnavailableException("ballot %s is for %d partitions of votes, and the topic has %d"
                    .formatted(ballot.id(), ballot.partitionCount(), partitions.now()));
        }
        return IntStream.range(0, ballot.partitionCount()).boxed().toList();
    }

    private long toBallots(String ballotId, CloudEvent type, String what, byte[] value) {
        return append(ballotId.getBytes(StandardCharsets.UTF_8), type, ballotId + "/" + what, value);
    }

    /** Appends to the topic of ballots, and returns the record's offset. */
    private long append(byte[] key, CloudEvent type, String eventId, byte[] value) {
        return acknowledged(
                        send(new ProducerRecord<>(Topics.BALLOTS.name(), 0, null, key, value, type.headers(eventId))))
                .offset();
    }

    private List<Instant> toVotes(
            List<Integer> partitions, ListedBallot ballot, CloudEvent type, String what, IntFunction<byte[]> value) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int partition : partitions) {
            sent.add(send(new ProducerRecord<byte[], byte[]>(
                    Topics.VOTES.name(),
                    partition,
                    null,
                    null,
                    value.apply(partition),
                    type.headers(ballot.id() + "/" + what + "/" + partition))));
        }
        return sent.stream()
                .map(future -> Instant.ofEpochMilli(acknowledged(future).timestamp()))
                .toList();
    }

    private Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        try {
            return producer.send(record);
        } catch (RuntimeException e) {
            throw new LogUnavailableException("the log does not take the record: " + e.getMessage(), e);
        }
    }

    private static RecordMetadata acknowledged(Future<RecordMetadata> sent) {
        try {
            return sent.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailableException("interrupted", e);
        } catch (ExecutionException e) {
            throw new LogUnavailableException("the log did not confirm a record: " + e.getCause(), e);
        }
    }
}
