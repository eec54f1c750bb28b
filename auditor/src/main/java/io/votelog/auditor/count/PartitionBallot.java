// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.events.BallotPublished;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;

/** A ballot in one partition: its definition, where it begins and ends there, and what is counted for it there. */
public final class PartitionBallot {
    /** The end offset of a ballot that has not ended. */
    public static final long OPEN = Long.MAX_VALUE;

    private final int partition;
    private final BallotPublished published;
    private final BallotDefinition definition;
    private final long[] voteSchemas;
    private final int number;
    private final PartitionCount count;
    private final long opensAtMs;
    private final long closesAtMs;
    private final long openedAt;
    private long endOffset = OPEN;

    /**
     * @param partition of votes, in which the ballot is defined
     * @param openedAt the offset of the record that defines the ballot in this partition
     * @param number the ballot's number within the partition, from 1
     * @param count takes the counts
     */
    PartitionBallot(
            int partition,
            long openedAt,
            BallotPublished published,
            BallotDefinition definition,
            int number,
            PartitionCount count) {
        this.partition = partition;
        this.openedAt = openedAt;
        this.published = published;
        this.definition = definition;
        this.voteSchemas =
                published.getVoteSchemas().stream().mapToLong(Long::longValue).toArray();
        this.number = number;
        this.count = count;
        this.opensAtMs = ballot().opensAt().toEpochMilli();
        this.closesAtMs = ballot().closesAt().toEpochMilli();
    }

    /** The number of the partition of votes. */
    public int partition() {
        return partition;
    }

    /** The offset of the record that defines the ballot in this partition. */
    public long openedAt() {
        return openedAt;
    }

    /** The rules that hold here; those of the log, unless the replay was told others. */
    public Ballot ballot() {
        return definition.ballot();
    }

    /** The definition that holds here; that of the log, unless the replay was told another. */
    public BallotDefinition definition() {
        return definition;
    }

    /** The record that defines it in this partition. */
    public BallotPublished published() {
        return published;
    }

    /** The ballot's number in this partition, from 1, in the order of the log. */
    public int number() {
        return number;
    }

    /** What was counted on the ballot in this partition so far. */
    public PartitionCount count() {
        return count;
    }

    boolean names(long voteSchema) {
        for (long named : voteSchemas) {
            if (named == voteSchema) {
                return true;
            }
        }
        return false;
    }

    boolean opensAfter(long recordedAtMs) {
        return recordedAtMs < opensAtMs;
    }

    boolean closedAt(long recordedAtMs) {
        return recordedAtMs >= closesAtMs;
    }

    /** Where the ballot ended in this partition: what stands there or behind it is late. {@link #OPEN} until it has ended. */
    public long endOffset() {
        return endOffset;
    }

    /** Ends the ballot at this offset, unless it has ended before. */
    void end(long offset) {
        if (endOffset == OPEN) {
            endOffset = offset;
            count.end(offset);
        }
    }
}
