// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.count.AnnulledVote;
import io.votelog.auditor.count.PartitionBallot;
import io.votelog.auditor.count.PartitionReplay;
import io.votelog.auditor.count.Tally;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Checks the sealed results of a ballot, the newest and the earlier ones that it corrects: each must be the count made
 * here of the records that were sealed before it. Only annulments change a final result, so each is the count of the
 * whole ballot without the annulments after it.
 */
final class SealedResultCheck {
    private static final String BEFORE_ID = "The sealed result of ";
    private static final String BEHIND_ID = " is the count made here";

    private final String ballotId;
    private final List<PartitionBallot> partitionBallots;

    /**
     * @param replays the replays of the log up to where it is sealed
     */
    SealedResultCheck(String ballotId, List<PartitionReplay> replays) {
        this.ballotId = ballotId;
        this.partitionBallots = Tally.partitionBallots(replays, ballotId);
    }

    /**
     * A sealed result.
     *
     * @param to by partition: the offset after the last record that was sealed before this result
     */
    record Sealed(SealedStatement statement, long[] to) {
        long to(int partition) {
            return partition < to.length ? to[partition] : 0;
        }
    }

    static String title(String ballotId) {
        return BEFORE_ID + ballotId + BEHIND_ID;
    }

    static boolean isTitle(String title) {
        return title.startsWith(BEFORE_ID) && title.endsWith(BEHIND_ID);
    }

    /**
     * @param sealed all sealed results of the ballot in their order; at least one
     */
    void run(Report report, List<Sealed> sealed) {
        String title = title(ballotId);
        if (partitionBallots.isEmpty()) {
            report.fail(title, "it stands in no partition");
            return;
        }
        Tally tally = Tally.of(partitionBallots);
        for (Sealed corrected : sealed.subList(0, sealed.size() - 1)) {
            List<String> differences = differences(tally, corrected);
            if (!differences.isEmpty()) {
                differences.add(
                        0,
                        "revision %d, which is corrected since:"
                                .formatted(corrected.statement().revision()));
                report.fail(title, String.join("\n", differences));
                return;
            }
        }
        Sealed last = sealed.get(sealed.size() - 1);
        List<String> differences = differences(tally, last);
        long since = tally.annulled() - last.statement().revision();
        if (!differences.isEmpty()) {
            report.fail(title, String.join("\n", differences));
        } else if (since > 0) {
            report.skip(
                    title,
                    "%s annulled in what is sealed behind it, and the corrected result is not sealed yet"
                            .formatted(Texts.count(since, "vote")));
        } else {
            report.pass(
                    title,
                    "revision %d: %s, of which %,d accepted%s"
                            .formatted(
                                    last.statement().revision(),
                                    Texts.count(tally.received(), "vote"),
                                    tally.accepted(),
                                    sealed.size() == 1
                                            ? ""
                                            : "; and so were the %s that it corrects"
                                                    .formatted(Texts.count(sealed.size() - 1, "sealed result"))));
        }
    }

    /** The differences between a sealed result and the count; empty when there are none. */
    private List<String> differences(Tally tally, Sealed sealed) {
        SealedStatement statement = sealed.statement();
        List<String> differences = new ArrayList<>();
        same(
                differences,
                "definition",
                statement.definition(),
                partitionBallots.get(0).definition().digestHex());
        same(
                differences,
                "partitions that have ended",
                ended(),
                partitionBallots.get(0).published().getPartitionCount());
        same(differences, "received", statement.turnout("received"), tally.received());
        same(differences, "accepted", statement.turnout("accepted"), tally.accepted());
        same(differences, "retried", statement.turnout("retried"), tally.retried());
        same(differences, "rejected, by reason", statement.rejected(), rejected(tally));
        votes(differences, tally, sealed);
        for (PartitionBallot ballot : partitionBallots) {
            long end = ballot.endOffset();
            if (end != PartitionBallot.OPEN && end >= sealed.to(ballot.partition())) {
                differences.add(
                        "partition %d: the result was sealed when the log was sealed up to offset %d, and the ballot ends there at offset %d"
                                .formatted(ballot.partition(), sealed.to(ballot.partition()), end));
            }
        }
        return differences;
    }

    /**
     * Checks the votes by option. A result counts as many annulments as its revision says. More may have been sealed
     * before it, when an annulment comes while the result waits for its seal; then it is not known which of them the
     * result counts. In this case each option must have at least the votes that it has with all annulments, and at most
     * those without any.
     */
    private void votes(List<String> differences, Tally tally, Sealed sealed) {
        SealedStatement statement = sealed.statement();
        long[] with = tally.votes().values().stream().mapToLong(Long::longValue).toArray();
        long[] annulledBefore = new long[with.length];
        long annulled = 0;
        for (PartitionBallot ballot : partitionBallots) {
            for (AnnulledVote vote : ballot.count().annulledVotes()) {
                boolean before = vote.offset() < sealed.to(ballot.partition());
                vote.picks().forEach(option -> (before ? annulledBefore : with)[option]++);
                annulled += before ? 1 : 0;
            }
        }
        same(
                differences,
                "annulled, of which the revision is the number",
                statement.turnout("annulled"),
                statement.revision());
        List<Long> votes = statement.votes();
        if (statement.revision() < 0 || statement.revision() > annulled) {
            differences.add("revision: sealed %d, and %d annulled before it, counted here"
                    .formatted(statement.revision(), annulled));
        } else if (statement.revision() == annulled) {
            same(differences, "votes", votes, Arrays.stream(with).boxed().toList());
        } else {
            boolean within = votes.size() == with.length
                    && IntStream.range(0, with.length)
                            .allMatch(option -> votes.get(option) >= with[option]
                                    && votes.get(option) <= with[option] + annulledBefore[option]);
            if (!within) {
                differences.add(
                        "votes: sealed %s, counted here %s with all %d that were annulled before it, and it is of revision %d"
                                .formatted(votes, Arrays.toString(with), annulled, statement.revision()));
            }
        }
    }

    private static Map<String, Long> rejected(Tally tally) {
        Map<String, Long> rejected = new TreeMap<>();
        tally.rejected().forEach((reason, votes) -> rejected.put(reason.name(), votes));
        return rejected;
    }

    private int ended() {
        return (int) partitionBallots.stream()
                .filter(ballot -> ballot.endOffset() != PartitionBallot.OPEN)
                .count();
    }

    private static void same(List<String> differences, String what, Object sealed, Object here) {
        if (!Objects.equals(sealed, here)) {
            differences.add("%s: sealed %s, counted here %s".formatted(what, sealed, here));
        }
    }
}
