// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.replay;

import io.votelog.auditor.count.PartitionReplay;
import io.votelog.auditor.count.RecordOutcome;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.DeadLetter;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.schemas.Topics;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntToLongFunction;

/**
 * Checks that the published dead letters are exactly the records that this audit decides to be no vote events, each
 * with the same cause.
 */
public final class DeadLettersCheck {
    /** The step's title in the report. */
    public static final String TITLE = "What was put aside is what is no vote";

    private final LogSource source;
    private final List<OffsetRange> ranges;
    private final IntToLongFunction countedTo;
    private final List<PartitionReplay> replays;

    /**
     * @param ranges of dead letters, noted before the ends of votes
     * @param countedTo gives, for a partition of votes, the offset below which every such record must have its dead
     *     letter
     */
    DeadLettersCheck(
            LogSource source, List<OffsetRange> ranges, IntToLongFunction countedTo, List<PartitionReplay> replays) {
        this.source = source;
        this.ranges = ranges;
        this.countedTo = countedTo;
        this.replays = replays;
    }

    void run(Report report) {
        if (ranges.isEmpty()) {
            report.skip(TITLE, "there is no " + Topics.DEAD_LETTERS.name());
            return;
        }
        Set<DeadLetter> letters = new HashSet<>();
        ranges.forEach(range -> source.read(range, record -> letters.add(DeadLetter.of(record))));
        long found = 0;
        for (PartitionReplay replay : replays) {
            for (long offset = 0; offset < replay.outcomes().end(); offset++) {
                byte here = replay.outcomes().at(offset);
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
            if (!read && letter.partition() >= 0 && !source.derivedTopicsFirst()) {
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
                        ? RecordOutcome.text(replay.outcomes().at(letter.offset()))
                        : "not there: the partition ends at offset " + replay.nextOffset())
                .findFirst()
                .orElse("nowhere");
    }
}
