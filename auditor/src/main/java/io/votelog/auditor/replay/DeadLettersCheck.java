// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.replay;

import io.votelog.auditor.count.PartitionReplay;
import io.votelog.auditor.count.RecordOutcome;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.DeadLetter;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.Span;
import io.votelog.schemas.Topics;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntToLongFunction;

/** What this audit finds to be no vote must be what the operator put aside, for the same cause, and nothing else may be. */
public final class DeadLettersCheck {
    public static final String TITLE = "What was put aside is what is no vote";

    private final LogSource source;
    private final List<Span> spans;
    private final IntToLongFunction countedTo;
    private final List<PartitionReplay> replays;

    /**
     * @param spans of dead letters, as they were before it was noted where votes end
     * @param countedTo for a partition of votes: what is no vote below this offset must have been put aside
     */
    DeadLettersCheck(LogSource source, List<Span> spans, IntToLongFunction countedTo, List<PartitionReplay> replays) {
        this.source = source;
        this.spans = spans;
        this.countedTo = countedTo;
        this.replays = replays;
    }

    void run(Report report) {
        if (spans.isEmpty()) {
            report.skip(TITLE, "there is no " + Topics.DEAD_LETTERS.name());
            return;
        }
        Set<DeadLetter> letters = new HashSet<>();
        spans.forEach(span -> source.read(span, record -> letters.add(DeadLetter.of(record))));
        long found = 0;
        for (PartitionReplay replay : replays) {
            for (long offset = 0; offset < replay.findings().end(); offset++) {
                byte here = replay.findings().kind(offset);
                if (!RecordOutcome.isPoison(here)) {
                    continue;
                }
                found++;
                DeadLetter expected = new DeadLetter(
                        replay.partition(), offset, RecordOutcome.cause(here).name());
                boolean there = letters.remove(expected);
                if (!there && offset < countedTo.applyAsLong(replay.partition())) {
                    report.fail(
                            TITLE,
                            "votes partition %d, offset %d is no vote (%s), and was not put aside for that"
                                    .formatted(expected.partition(), offset, expected.cause()));
                    return;
                }
            }
        }
        for (DeadLetter letter : inOrder(letters)) {
            boolean read = replays.stream()
                    .anyMatch(replay ->
                            replay.partition() == letter.partition() && letter.offset() < replay.nextOffset());
            if (!read && letter.partition() >= 0 && !source.inOrder()) {
                report.skip(
                        TITLE,
                        "votes partition %d, offset %d was put aside, and is behind the end of votes. This copy does not tell whether"
                                        .formatted(letter.partition(), letter.offset())
                                + " votes were cut: where its topics ended was not noted in their order");
                return;
            }
            report.fail(
                    TITLE,
                    "votes partition %d, offset %d was put aside as %s, and is %s"
                            .formatted(letter.partition(), letter.offset(), letter.cause(), foundAt(letter)));
            return;
        }
        report.pass(TITLE, Texts.count(found, "record"));
    }

    private static List<DeadLetter> inOrder(Set<DeadLetter> letters) {
        return letters.stream()
                .sorted(Comparator.comparingInt(DeadLetter::partition).thenComparingLong(DeadLetter::offset))
                .toList();
    }

    private String foundAt(DeadLetter letter) {
        return replays.stream()
                .filter(replay -> replay.partition() == letter.partition())
                .map(replay -> letter.offset() < replay.nextOffset()
                        ? RecordOutcome.text(replay.findings().kind(letter.offset()))
                        : "not there: the partition ends at offset " + replay.nextOffset())
                .findFirst()
                .orElse("nowhere");
    }
}
