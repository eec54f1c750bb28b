// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.compare;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.votelog.auditor.count.Tally;
import io.votelog.auditor.report.Report;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of comparing two logs, A and B.
 *
 * @param first the first difference by the brokers' time; null when there is none
 * @param ballots every ballot of either log, with its counts in each
 */
@JsonPropertyOrder({"a", "b", "relation", "first", "partitions", "ballots"})
public record Comparison(
        String a,
        String b,
        Relation relation,
        @Nullable Difference first,
        List<Partition> partitions,
        List<Tallies> ballots) {

    /** How the logs relate to each other. */
    public enum Relation {
        SAME("The logs are the same."),
        A_IN_B("A is the beginning of B: what A has is the same in B, and B goes on."),
        B_IN_A("B is the beginning of A: what B has is the same in A, and A goes on."),
        SAME_WHERE_BOTH_REACH("No difference where both reach; each goes on in partitions where the other ends."),
        DIFFERENT("DIFFERENT: at most one of them is the log.");

        private final String sentence;

        Relation(String sentence) {
            this.sentence = sentence;
        }

        /** The relation in words, for people. */
        public String sentence() {
            return sentence;
        }
    }

    /**
     * A place where the logs differ.
     *
     * @param recordedAt the broker's time of that record; the earlier one where they have two
     * @param what differs, in words
     * @param inA the record in A, in words
     * @param inB the record in B, in words
     */
    @JsonPropertyOrder({"topic", "partition", "offset", "recordedAt", "what", "inA", "inB"})
    public record Difference(
            String topic, int partition, long offset, Instant recordedAt, String what, String inA, String inB) {
        @Override
        public String toString() {
            return "%s partition %d, offset %d, of %s: %s".formatted(topic, partition, offset, recordedAt, what);
        }
    }

    /**
     * The comparison of one partition.
     *
     * @param endA the offset after its last record in A; 0 where A has no such partition
     * @param endB the same in B
     * @param differing offsets below both ends at which the logs differ
     * @param first the first difference; null when there is none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"topic", "partition", "endA", "endB", "differing", "first"})
    public record Partition(
            String topic, int partition, long endA, long endB, long differing, @Nullable Difference first) {}

    /** A ballot's counts in A and in B; null where a log does not have the ballot. */
    @JsonPropertyOrder({"ballotId", "a", "b"})
    public record Tallies(String ballotId, @Nullable Tally a, @Nullable Tally b) {}

    static Comparison of(String a, String b, List<Partition> partitions, List<Tallies> ballots) {
        Optional<Difference> first = partitions.stream()
                .map(Partition::first)
                .filter(Objects::nonNull)
                .min(Comparator.comparing(Difference::recordedAt));
        return new Comparison(a, b, relation(partitions), first.orElse(null), partitions, ballots);
    }

    private static Relation relation(List<Partition> partitions) {
        if (partitions.stream().anyMatch(partition -> partition.differing() > 0)) {
            return Relation.DIFFERENT;
        }
        boolean aGoesOn = partitions.stream().anyMatch(partition -> partition.endA() > partition.endB());
        boolean bGoesOn = partitions.stream().anyMatch(partition -> partition.endB() > partition.endA());
        if (aGoesOn && bGoesOn) {
            return Relation.SAME_WHERE_BOTH_REACH;
        }
        if (aGoesOn) {
            return Relation.B_IN_A;
        }
        return bGoesOn ? Relation.A_IN_B : Relation.SAME;
    }

    /**
     * The program's exit code: {@link Report#PASSED}, {@link Report#MISMATCH} or, where one log goes on behind the other, {@link
     * Report#INCOMPLETE}.
     */
    public int exitCode() {
        return switch (relation) {
            case SAME -> Report.PASSED;
            case DIFFERENT -> Report.MISMATCH;
            case A_IN_B, B_IN_A, SAME_WHERE_BOTH_REACH -> Report.INCOMPLETE;
        };
    }
}
