// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.rules.Ballot;
import io.votelog.rules.Reason;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A ballot's counts over all partitions.
 *
 * @param rejected the number of rejected votes by reason; reasons without votes are left out
 * @param annulled the number of accepted votes that were annulled later
 * @param votes the number of votes by option, in the ballot's order, without annulled votes
 */
public record Tally(
        String ballotId,
        long received,
        long accepted,
        long retried,
        Map<Reason, Long> rejected,
        long annulled,
        long late,
        Map<String, Long> votes) {

    /**
     * The sum over the partitions that hold the ballot.
     *
     * @param partitionBallots the ballot in each of them; at least one
     */
    public static Tally of(List<PartitionBallot> partitionBallots) {
        Ballot ballot = partitionBallots.get(0).ballot();
        List<PartitionCount> counts =
                partitionBallots.stream().map(PartitionBallot::count).toList();
        long accepted = counts.stream().mapToLong(PartitionCount::accepted).sum();
        long retried = counts.stream().mapToLong(PartitionCount::retried).sum();
        Map<Reason, Long> rejected = new EnumMap<>(Reason.class);
        for (Reason reason : Reason.values()) {
            long sum =
                    counts.stream().mapToLong(count -> count.rejected(reason)).sum();
            if (sum > 0) {
                rejected.put(reason, sum);
            }
        }
        Map<String, Long> votes = new LinkedHashMap<>();
        for (int option = 0; option < ballot.optionCount(); option++) {
            int at = option;
            votes.put(
                    ballot.optionId(option),
                    counts.stream().mapToLong(count -> count.votes(at)).sum());
        }
        long refused = rejected.values().stream().mapToLong(Long::longValue).sum();
        return new Tally(
                ballot.id(),
                accepted + retried + refused,
                accepted,
                retried,
                rejected,
                counts.stream().mapToLong(count -> count.annulledVotes().size()).sum(),
                counts.stream().mapToLong(PartitionCount::late).sum(),
                votes);
    }

    /** The sum of this tally and another one of the same ballot. */
    public Tally plus(Tally other) {
        Map<Reason, Long> bothRejected = new EnumMap<>(Reason.class);
        bothRejected.putAll(rejected);
        other.rejected.forEach((reason, count) -> bothRejected.merge(reason, count, Long::sum));
        Map<String, Long> bothVotes = new LinkedHashMap<>(votes);
        other.votes.forEach((option, count) -> bothVotes.merge(option, count, Long::sum));
        return new Tally(
                ballotId,
                received + other.received,
                accepted + other.accepted,
                retried + other.retried,
                bothRejected,
                annulled + other.annulled,
                late + other.late,
                bothVotes);
    }

    /** The ballot in each partition that holds it. */
    public static List<PartitionBallot> partitionBallots(List<PartitionReplay> replays, String ballotId) {
        return replays.stream()
                .map(replay -> replay.ballot(ballotId))
                .filter(Objects::nonNull)
                .toList();
    }

    /** All counts by name, in the order of a report. */
    public Map<String, Long> figures() {
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("received", received);
        figures.put("accepted", accepted);
        figures.put("retried", retried);
        figures.put(
                "rejected",
                rejected.values().stream().mapToLong(Long::longValue).sum());
        rejected.forEach((reason, count) -> figures.put("rejected " + reason, count));
        figures.put("annulled", annulled);
        figures.put("late", late);
        votes.forEach((option, count) -> figures.put("option " + option, count));
        return figures;
    }
}
