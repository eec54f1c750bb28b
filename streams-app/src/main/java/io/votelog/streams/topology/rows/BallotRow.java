// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.rows;

import io.votelog.events.BallotPublished;
import io.votelog.rules.Decision.PartitionBallot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * A ballot in one partition: the record that defined it, the offset of that record, and the offset at which counting ends.
 *
 * <p>Bytes: a version (1), the offset of the definition (8), the end offset (8; {@link Long#MAX_VALUE} while the ballot is
 * open), then the encoded event {@code BallotPublished}. Numbers are big-endian.
 */
public record BallotRow(
        BallotPublished published,
        BallotDefinition definition,
        Set<Long> voteSchemas,
        PartitionBallot partitionBallot) {
    private static final byte VERSION = 1;
    private static final int HEADER_LENGTH = 1 + 2 * Long.BYTES;

    /** @throws MalformedEventException when the record's definition is not the canonical form of a ballot */
    public static BallotRow of(BallotPublished published, long fromOffset, long endOffset)
            throws MalformedEventException {
        BallotDefinition definition = BallotDefinition.parse(published);
        return new BallotRow(
                published,
                definition,
                Set.copyOf(published.getVoteSchemas()),
                new PartitionBallot(definition.ballot(), fromOffset, endOffset));
    }

    /** The same ballot, ended at this offset of the partition. */
    public BallotRow endedAt(long offset) {
        return new BallotRow(
                published,
                definition,
                voteSchemas,
                new PartitionBallot(partitionBallot.ballot(), partitionBallot.fromOffset(), offset));
    }

    /** Whether the ballot has not ended in this partition. */
    public boolean open() {
        return partitionBallot.endOffset() == PartitionBallot.OPEN_ENDED;
    }

    /** The row as the store keeps it; {@link #decode} reads it. */
    public byte[] encode() {
        byte[] value = Events.encode(published);
        return ByteBuffer.allocate(HEADER_LENGTH + value.length)
                .put(VERSION)
                .putLong(partitionBallot.fromOffset())
                .putLong(partitionBallot.endOffset())
                .put(value)
                .array();
    }

    /**
     * Decodes a row.
     *
     * @throws IllegalStateException when the bytes are no such row: the store is damaged, or a newer version wrote it
     */
    public static BallotRow decode(byte[] bytes) {
        ByteBuffer row = ByteBuffer.wrap(bytes);
        byte version = row.get();
        if (version != VERSION) {
            throw new IllegalStateException(
                    "a ballot's row is of version %d; this build knows version %d".formatted(version, VERSION));
        }
        long fromOffset = row.getLong();
        long endOffset = row.getLong();
        byte[] value = new byte[row.remaining()];
        row.get(value);
        try {
            return of(Events.decode(value, BallotPublished.class), fromOffset, endOffset);
        } catch (MalformedEventException e) {
            throw new IllegalStateException("a ballot's row does not hold what was put there", e);
        }
    }
}
