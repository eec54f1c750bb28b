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
 * The sealed results of a ballot must be counts that are made here of what was sealed before each of them: the newest one, and those
 * that it corrects. Only annulments change a final result, so each is the count of the whole without the annulments behind it.
 */
final class SealedResultCheck {
    private final String ballotId;
    private final List<PartitionBallot> partitionBallots;

    /** @param replays of the log as far as it is sealed */
    SealedResultCheck(String ballotId, List<PartitionReplay> replays) {
        this.ballotId = ballotId;
        this.partitionBallots = Tally.partitionBallots(replays, ballotId);
    }

    /**
     * A sealed result.
     *
     * @param to by partition: the offset behind the last record that was sealed before it
     */
    record Sealed(SealedStatement statement, long[] to) {
        long to(int partition) {
            return partition < to.length ? to[partition] : 0;
        }
    }

    static String title(String ballotId) {
        return "The sealed result of %s is the count made here".formatted(ballotId);
    }

    /** @param sealed all of the ballot's in their order; there is one */
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

    /** How a sealed result differs from the count; in nothing when it is right. */
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
     * A result counts the annulments of its revision. Where more had been sealed before it, as when one comes while the result waits
     * for its seal, nothing says which of them it counts: then no option may have fewer votes than with all of them, nor more
     * than without any.
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
