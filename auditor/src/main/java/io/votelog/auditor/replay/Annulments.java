// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.replay;

import io.votelog.auditor.count.AnnulledVote;
import io.votelog.auditor.count.PartitionBallot;
import io.votelog.auditor.count.PartitionCount;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.rules.Ballot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The effect of each annulment of a ballot: the counts before and after it. They are in the order of the broker's time,
 * since partitions have no order among each other. The counts before the first are those of all counted votes without
 * any annulment.
 */
final class Annulments {
    /** The most annulments that a report lists; all of them are counted. */
    private static final int MOST_NAMED = 100;

    private static final Comparator<AnnulledVote> BY_TIME = Comparator.comparingLong(AnnulledVote::recordedAtMs)
            .thenComparingInt(AnnulledVote::partition)
            .thenComparingLong(AnnulledVote::offset);

    private final Ballot ballot;
    private final List<PartitionCount> counts;

    /**
     * @param partitionBallots the ballot in each partition that holds it; at least one
     */
    Annulments(List<PartitionBallot> partitionBallots) {
        this.ballot = partitionBallots.get(0).ballot();
        this.counts = partitionBallots.stream().map(PartitionBallot::count).toList();
    }

    private List<AnnulledVote> annulledVotes() {
        return counts.stream()
                .flatMap(count -> count.annulledVotes().stream())
                .sorted(BY_TIME)
                .toList();
    }

    /** Adds a step to the report, unless the ballot has no annulments. */
    void reportTo(Report report) {
        List<AnnulledVote> all = annulledVotes();
        long annulmentsWithoutEffect = counts.stream()
                .mapToLong(PartitionCount::annulmentsWithoutEffect)
                .sum();
        if (all.isEmpty() && annulmentsWithoutEffect == 0) {
            return;
        }
        long[] votes = new long[ballot.optionCount()];
        for (int option = 0; option < votes.length; option++) {
            int at = option;
            votes[option] = counts.stream().mapToLong(count -> count.votes(at)).sum();
        }
        all.forEach(vote -> vote.picks().forEach(option -> votes[option]++));
        List<String> lines = new ArrayList<>();
        for (int at = 0; at < all.size(); at++) {
            AnnulledVote vote = all.get(at);
            List<String> changes = new ArrayList<>();
            vote.picks().forEach(option -> {
                votes[option]--;
                changes.add(String.format(
                        Locale.ROOT,
                        "option %s from %,d to %,d",
                        ballot.optionId(option),
                        votes[option] + 1,
                        votes[option]));
            });
            if (at < MOST_NAMED) {
                lines.add("revision %d: partition %d, offset %d, %s, vote %s: %s"
                        .formatted(
                                at + 1,
                                vote.partition(),
                                vote.offset(),
                                Instant.ofEpochMilli(vote.recordedAtMs()),
                                vote.voteId(),
                                vote.reason()));
                lines.add("  " + changes.stream().collect(Collectors.joining(", ")));
            }
        }
        if (all.size() > MOST_NAMED) {
            lines.add(String.format(Locale.ROOT, "and %,d more", all.size() - MOST_NAMED));
        }
        if (annulmentsWithoutEffect > 0) {
            lines.add("%s had no effect: no such vote was there, or it was annulled already"
                    .formatted(Texts.count(annulmentsWithoutEffect, "annulment")));
        }
        report.pass("The annulments on " + ballot.id() + ", before and after each", String.join("\n", lines));
    }
}
