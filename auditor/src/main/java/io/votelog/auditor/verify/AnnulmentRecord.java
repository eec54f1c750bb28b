// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.seal.Commitments;
import io.votelog.events.VoteAnnulled;
import io.votelog.events.VoteCast;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topics;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * A record that annuls a vote, as the extra data of a proof hold it: partition (4 bytes), offset (8), timestamp (8) and
 * then the value, numbers big-endian. The record's leaf can be computed from it.
 */
public record AnnulmentRecord(ConsumerRecord<byte[], byte[]> record, VoteAnnulled order) {
    /** The annulment in a record; empty when the record is none. */
    static Optional<AnnulmentRecord> of(ConsumerRecord<byte[], byte[]> record) {
        try {
            return record.key() == null && Events.decode(record.value()).event() instanceof VoteAnnulled order
                    ? Optional.of(new AnnulmentRecord(record, order))
                    : Optional.empty();
        } catch (MalformedEventException e) {
            return Optional.empty();
        }
    }

    /** Reads what {@link #bytes} wrote; empty when the bytes are no annulment. */
    static Optional<AnnulmentRecord> parse(byte[] bytes) {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        try {
            int partition = from.getInt();
            long offset = from.getLong();
            long timestamp = from.getLong();
            byte[] value = new byte[from.remaining()];
            from.get(value);
            byte @Nullable [] noKey = null;
            return of(new ConsumerRecord<>(
                    Topics.VOTES.name(),
                    partition,
                    offset,
                    timestamp,
                    TimestampType.LOG_APPEND_TIME,
                    0,
                    value.length,
                    noKey,
                    value,
                    new RecordHeaders(),
                    Optional.empty()));
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    byte[] bytes() {
        return ByteBuffer.allocate(Integer.BYTES + 2 * Long.BYTES + record.value().length)
                .putInt(record.partition())
                .putLong(record.offset())
                .putLong(record.timestamp())
                .put(record.value())
                .array();
    }

    /** The entry of the record's leaf in the tree of votes. */
    byte[] entry() {
        return new Commitments().leaf(record).entry();
    }

    /** Whether it annuls this receipt's vote. */
    boolean isOf(Receipt receipt) {
        return Arrays.equals(order.getVoter().bytes(), receipt.voter().bytes())
                && order.getVoteId().equals(receipt.voteId());
    }

    /** Whether it is an order on this vote's ballot that stands behind the vote. Whose vote it annuls is not looked at. */
    boolean isBehind(ConsumerRecord<byte[], byte[]> voted, VoteCast vote) {
        return record.partition() == voted.partition()
                && record.offset() > voted.offset()
                && order.getBallotId().equals(vote.getBallotId());
    }

    /** "partition 2, offset 57, 2021-12-06T09:30:12.004Z: cast with a stolen sign-in". */
    @Override
    public String toString() {
        return "partition %d, offset %d, %s: %s"
                .formatted(
                        record.partition(),
                        record.offset(),
                        Instant.ofEpochMilli(record.timestamp()),
                        order.getReason());
    }
}
