// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.promise;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.schemas.Topics;
import io.votelog.schemas.promise.PromisedVote;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Holds promises against a log: what a gateway promised must be where it was promised, and the gateway's key must be named there. */
public final class PromiseAudit {
    private static final String NAMED = "The log names the keys with which it was promised";
    private static final String KEPT = "The log has every promised vote, where it was promised";

    /** Promises whose offsets are no further apart than this are looked up in one go. */
    private static final int NEAR = 1_000;

    private final LogSource source;

    /** @param source the log */
    public PromiseAudit(LogSource source) {
        this.source = source;
    }

    /**
     * Adds what is found to a report.
     *
     * @throws AuditException when the log cannot be read
     */
    public void run(Report report, List<KeptPromise> promises) {
        run(report, promises, 0);
    }

    /** @param without how many answers were given that have no promise */
    private void run(Report report, List<KeptPromise> promises, long without) {
        names(report, promises);
        keeps(report, promises, without);
    }

    /**
     * The same for a file with many answers, of which some may be none.
     *
     * @throws AuditException when the log cannot be read
     */
    public void run(Report report, KeptPromise.Kept kept) {
        run(report, kept.promises(), kept.without());
        if (kept.none() > 0) {
            report.skip(
                    "Every answer that was given holds a promise of this log's gateways",
                    "%s not: %s".formatted(Texts.count(kept.none(), "does", "do"), kept.firstNone()));
        }
    }

    /** What a report says of these steps where no log is given. */
    public static void notAsked(Report report) {
        report.notAsked(NAMED, "no log was given");
        report.notAsked(KEPT, "no log was given");
    }

    private void names(Report report, List<KeptPromise> promises) {
        Set<ByteBuffer> wanted = new HashSet<>();
        promises.forEach(promise -> wanted.add(ByteBuffer.wrap(promise.keyRecord())));
        int keys = wanted.size();
        for (OffsetRange range : source.ranges(Topics.BALLOTS.name())) {
            source.read(range, record -> {
                if (record.value() != null) {
                    wanted.remove(ByteBuffer.wrap(record.value()));
                }
            });
        }
        if (wanted.isEmpty()) {
            report.pass(NAMED, Texts.count(keys, "key"));
            return;
        }
        KeptPromise first = promises.stream()
                .filter(promise -> wanted.contains(ByteBuffer.wrap(promise.keyRecord())))
                .findFirst()
                .orElseThrow();
        report.fail(
                NAMED,
                "the key %s stands nowhere in %s, and the log's key %s signed that it does"
                        .formatted(first.gatewayKey(), Topics.BALLOTS.name(), first.logKey()));
    }

    private void keeps(Report report, List<KeptPromise> promises, long without) {
        Map<Integer, List<PromisedVote>> byPartition = new TreeMap<>();
        for (KeptPromise promise : promises) {
            byPartition
                    .computeIfAbsent(promise.vote().partition(), partition -> new ArrayList<>())
                    .add(promise.vote());
        }
        List<OffsetRange> ranges = source.ranges(Topics.VOTES.name());
        Faults faults = new Faults();
        for (Map.Entry<Integer, List<PromisedVote>> entry : byPartition.entrySet()) {
            List<PromisedVote> votes = entry.getValue();
            votes.sort(Comparator.comparingLong(PromisedVote::offset));
            ranges.stream()
                    .filter(one -> one.partition() == entry.getKey())
                    .findFirst()
                    .ifPresentOrElse(
                            range -> look(range, votes, faults),
                            () -> votes.forEach(vote ->
                                    faults.broken("%s, and the log has no such partition".formatted(promised(vote)))));
        }
        if (faults.broken > 0) {
            report.fail(
                    KEPT,
                    faults.broken == 1
                            ? faults.firstBroken
                            : "%,d promises are broken, the first one: %s"
                                    .formatted(faults.broken, faults.firstBroken));
        } else if (faults.behind > 0) {
            report.skip(
                    KEPT,
                    "%s behind the end of this copy, which may be older than they are; the first one: %s"
                            .formatted(Texts.count(faults.behind, "promise is", "promises are"), faults.firstBehind));
        } else {
            report.pass(
                    KEPT,
                    Texts.count(promises.size(), "promise")
                            + (without == 0
                                    ? ""
                                    : "; %s none".formatted(Texts.count(without, "answer has", "answers have"))));
        }
    }

    /** What was found so far. */
    private static final class Faults {
        private long broken;
        private String firstBroken = "";
        private long behind;
        private String firstBehind = "";

        void broken(String fault) {
            firstBroken = broken == 0 ? fault : firstBroken;
            broken++;
        }

        void behind(String fault) {
            firstBehind = behind == 0 ? fault : firstBehind;
            behind++;
        }
    }

    /** @param votes of one partition, by offset */
    private void look(OffsetRange range, List<PromisedVote> votes, Faults faults) {
        int from = 0;
        while (from < votes.size()) {
            int to = from + 1;
            while (to < votes.size()
                    && votes.get(to).offset() - votes.get(to - 1).offset() <= NEAR) {
                to++;
            }
            List<PromisedVote> near = votes.subList(from, to);
            Map<Long, ConsumerRecord<byte[], byte[]>> found = find(range, near);
            for (PromisedVote vote : near) {
                judge(vote, found.get(vote.offset()), range, faults);
            }
            from = to;
        }
    }

    private Map<Long, ConsumerRecord<byte[], byte[]>> find(OffsetRange range, List<PromisedVote> near) {
        long begin = Math.max(range.begin(), near.get(0).offset());
        long end = Math.min(range.end(), near.get(near.size() - 1).offset() + 1);
        Map<Long, ConsumerRecord<byte[], byte[]>> found = new TreeMap<>();
        if (begin < end) {
            Set<Long> wanted = new HashSet<>();
            near.forEach(vote -> wanted.add(vote.offset()));
            source.read(new OffsetRange(range.topic(), range.partition(), begin, end), record -> {
                if (wanted.contains(record.offset())) {
                    found.put(record.offset(), record);
                }
            });
        }
        return found;
    }

    private void judge(
            PromisedVote vote, @Nullable ConsumerRecord<byte[], byte[]> found, OffsetRange range, Faults faults) {
        if (found == null && vote.offset() >= range.end()) {
            String fault = "%s, and the log ends at offset %d there".formatted(promised(vote), range.end());
            if (source.grows()) {
                faults.broken(fault);
            } else {
                faults.behind(fault);
            }
        } else if (found == null) {
            faults.broken("%s, and the log has nothing there".formatted(promised(vote)));
        } else if (!isPromised(vote, found)) {
            faults.broken("%s, and another record stands there".formatted(promised(vote)));
        } else if (found.timestamp() != vote.recordedAtMs()) {
            faults.broken("%s, and the log has it with the time %s"
                    .formatted(promised(vote), PromisedVote.timeText(found.timestamp())));
        }
    }

    /** Whether the record is the promised one, whatever its time. */
    private static boolean isPromised(PromisedVote vote, ConsumerRecord<byte[], byte[]> found) {
        return Arrays.equals(
                PromisedVote.recordHash(vote.offset(), vote.recordedAtMs(), found.key(), found.value()),
                vote.recordHash());
    }

    /** Without the receipt, by which a report would tell whose vote it is. */
    private static String promised(PromisedVote vote) {
        return "a vote on %s was promised at offset %d of partition %d, of %s"
                .formatted(
                        vote.ballotId(), vote.offset(), vote.partition(), PromisedVote.timeText(vote.recordedAtMs()));
    }
}
