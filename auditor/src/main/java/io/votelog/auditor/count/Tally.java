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
 * What a ballot comes to over all partitions.
 *
 * @param rejected by reason, those that occurred
 * @param annulled of the accepted votes those that were annulled since
 * @param votes by option, in the ballot's order, without the annulled ones
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

    /** The sum over the partitions in which the ballot stands; there is one. */
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

    /** Both together, of one ballot. */
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

    /** The ballot in each partition where it stands. */
    public static List<PartitionBallot> partitionBallots(List<PartitionReplay> replays, String ballotId) {
        return replays.stream()
                .map(replay -> replay.ballot(ballotId))
                .filter(Objects::nonNull)
                .toList();
    }

    /** The figures in the order of a report, each with its name. */
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
