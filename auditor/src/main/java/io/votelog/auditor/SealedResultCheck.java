package io.votelog.auditor;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A sealed result must be the count that is made here of what is sealed. */
final class SealedResultCheck {
    private final SealedStatement statement;
    private final long[] sealedTo;
    private final List<String> differences = new ArrayList<>();

    /** @param sealedTo by partition: the offset behind the last record that was sealed before it */
    SealedResultCheck(SealedStatement statement, long[] sealedTo) {
        this.statement = statement;
        this.sealedTo = sealedTo;
    }

    /** @param replays of the log as far as it is sealed */
    void run(Report report, String title, List<PartitionReplay> replays) {
        List<Standing> standing = Tally.standing(replays, statement.ballotId());
        if (standing.isEmpty()) {
            report.fail(title, "it stands in no partition");
            return;
        }
        Tally tally = Tally.of(standing);
        long since = tally.annulled() - statement.turnout("annulled");
        if (since > 0) {
            report.skip(
                    title,
                    "%s annulled in what is sealed behind it, and the corrected result is not sealed yet"
                            .formatted(Texts.count(since, "vote")));
            return;
        }
        same("definition", statement.definition(), standing.get(0).definition().digestHex());
        same(
                "partitions that have ended",
                ended(replays),
                standing.get(0).published().getPartitionCount());
        same("received", statement.turnout("received"), tally.received());
        same("accepted", statement.turnout("accepted"), tally.accepted());
        same("retried", statement.turnout("retried"), tally.retried());
        same("annulled", statement.turnout("annulled"), tally.annulled());
        same("revision", statement.revision(), tally.annulled());
        same("rejected, by reason", statement.rejected(), tally.rejected());
        same("votes", statement.votes(), List.copyOf(tally.votes().values()));
        for (Standing ballot : standing) {
            long end = ballot.endOffset();
            if (end != Standing.OPEN && ballot.partition() < sealedTo.length && end >= sealedTo[ballot.partition()]) {
                differences.add(
                        "partition %d: the result was sealed when the log was sealed up to offset %d, and the ballot ends there at offset %d"
                                .formatted(ballot.partition(), sealedTo[ballot.partition()], end));
            }
        }
        if (differences.isEmpty()) {
            report.pass(
                    title,
                    "revision %d: %s, of which %,d accepted"
                            .formatted(statement.revision(), Texts.count(tally.received(), "vote"), tally.accepted()));
        } else {
            report.fail(title, String.join("\n", differences));
        }
    }

    private int ended(List<PartitionReplay> replays) {
        return (int) Tally.standing(replays, statement.ballotId()).stream()
                .filter(ballot -> ballot.endOffset() != Standing.OPEN)
                .count();
    }

    private void same(String what, Object sealed, Object here) {
        if (!Objects.equals(sealed, here)) {
            differences.add("%s: sealed %s, counted here %s".formatted(what, sealed, here));
        }
    }
}
