package io.votelog.auditor;

import io.votelog.schemas.Topics;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What this audit finds to be no vote must be what the operator put aside, for the same cause, and nothing else may be. */
final class DeadLettersCheck {
    static final String TITLE = "What was put aside is what is no vote";

    private final LogSource source;
    private final Published published;
    private final List<PartitionReplay> replays;

    DeadLettersCheck(LogSource source, Published published, List<PartitionReplay> replays) {
        this.source = source;
        this.published = published;
        this.replays = replays;
    }

    void run(Report report) {
        List<Span> spans = source.spans(Topics.DEAD_LETTERS.name());
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
                if (!Finding.isPoison(here)) {
                    continue;
                }
                found++;
                DeadLetter expected = new DeadLetter(
                        replay.partition(), offset, Finding.cause(here).name());
                boolean there = letters.remove(expected);
                if (!there && offset < published.countedTo(replay.partition())) {
                    report.fail(
                            TITLE,
                            "votes partition %d, offset %d is no vote (%s), and was not put aside for that"
                                    .formatted(expected.partition(), offset, expected.cause()));
                    return;
                }
            }
        }
        for (DeadLetter letter : letters) {
            boolean read = replays.stream()
                    .anyMatch(replay ->
                            replay.partition() == letter.partition() && letter.offset() < replay.nextOffset());
            if (read || letter.partition() < 0) {
                report.fail(
                        TITLE,
                        "votes partition %d, offset %d was put aside as %s, and is %s"
                                .formatted(letter.partition(), letter.offset(), letter.cause(), foundAt(letter)));
                return;
            }
        }
        report.pass(TITLE, Texts.count(found, "record"));
    }

    private String foundAt(DeadLetter letter) {
        return replays.stream()
                .filter(replay -> replay.partition() == letter.partition())
                .map(replay -> Finding.text(replay.findings().kind(letter.offset())))
                .findFirst()
                .orElse("nowhere");
    }
}
