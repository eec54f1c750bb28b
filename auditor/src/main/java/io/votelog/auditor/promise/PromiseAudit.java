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
        names(report, promises);
        keeps(report, promises);
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

    private void keeps(Report report, List<KeptPromise> promises) {
        Map<Integer, List<PromisedVote>> byPartition = new TreeMap<>();
        for (KeptPromise promise : promises) {
            byPartition
                    .computeIfAbsent(promise.vote().partition(), partition -> new ArrayList<>())
                    .add(promise.vote());
        }
        List<OffsetRange> ranges = source.ranges(Topics.VOTES.name());
        long broken = 0;
        String first = null;
        for (Map.Entry<Integer, List<PromisedVote>> entry : byPartition.entrySet()) {
            OffsetRange range = ranges.stream()
                    .filter(one -> one.partition() == entry.getKey())
                    .findFirst()
                    .orElse(null);
            List<PromisedVote> votes = entry.getValue();
            votes.sort(Comparator.comparingLong(PromisedVote::offset));
            for (String fault : range == null ? withoutPartition(votes) : faults(range, votes)) {
                broken++;
                first = first == null ? fault : first;
            }
        }
        if (first == null) {
            report.pass(KEPT, Texts.count(promises.size(), "promise"));
        } else {
            report.fail(
                    KEPT,
                    broken == 1
                            ? first
                            : "%s, the first one: %s"
                                    .formatted(Texts.count(broken, "promise is broken", "promises are broken"), first));
        }
    }

    private static List<String> withoutPartition(List<PromisedVote> votes) {
        return votes.stream()
                .map(vote -> "%s, and the log has no such partition".formatted(promised(vote)))
                .toList();
    }

    /** @param votes of one partition, by offset */
    private List<String> faults(OffsetRange range, List<PromisedVote> votes) {
        List<String> faults = new ArrayList<>();
        int from = 0;
        while (from < votes.size()) {
            int to = from + 1;
            while (to < votes.size()
                    && votes.get(to).offset() - votes.get(to - 1).offset() <= NEAR) {
                to++;
            }
            List<PromisedVote> near = votes.subList(from, to);
            Map<Long, Found> found = find(range, near);
            for (PromisedVote vote : near) {
                String fault = fault(vote, found.get(vote.offset()), range);
                if (fault != null) {
                    faults.add(fault);
                }
            }
            from = to;
        }
        return faults;
    }

    /** What stands in the log at a promised place. */
    private record Found(byte[] hash, long timestamp) {}

    private Map<Long, Found> find(OffsetRange range, List<PromisedVote> near) {
        long begin = Math.max(range.begin(), near.get(0).offset());
        long end = Math.min(range.end(), near.get(near.size() - 1).offset() + 1);
        Map<Long, Found> found = new TreeMap<>();
        if (begin < end) {
            Set<Long> wanted = new HashSet<>();
            near.forEach(vote -> wanted.add(vote.offset()));
            source.read(new OffsetRange(range.topic(), range.partition(), begin, end), record -> {
                if (wanted.contains(record.offset())) {
                    found.put(record.offset(), found(record));
                }
            });
        }
        return found;
    }

    private static Found found(ConsumerRecord<byte[], byte[]> record) {
        byte[] key = record.key() == null ? new byte[0] : record.key();
        byte[] value = record.value() == null ? new byte[0] : record.value();
        return new Found(PromisedVote.recordHash(key, value), record.timestamp());
    }

    private static @Nullable String fault(PromisedVote vote, @Nullable Found found, OffsetRange range) {
        if (found == null) {
            return vote.offset() >= range.end()
                    ? "%s, and the log ends at offset %d there".formatted(promised(vote), range.end())
                    : "%s, and the log has nothing there".formatted(promised(vote));
        }
        if (!Arrays.equals(found.hash(), vote.recordHash())) {
            return "%s, and another record stands there".formatted(promised(vote));
        }
        return found.timestamp() == vote.recordedAtMs()
                ? null
                : "%s, and the log has it with the time %s"
                        .formatted(promised(vote), PromisedVote.timeText(found.timestamp()));
    }

    private static String promised(PromisedVote vote) {
        return "the vote of receipt %s on %s was promised at offset %d of partition %d, of %s"
                .formatted(
                        vote.receipt(),
                        vote.ballotId(),
                        vote.offset(),
                        vote.partition(),
                        PromisedVote.timeText(vote.recordedAtMs()));
    }
}
