package io.votelog.auditor;

import io.votelog.auditor.tlog.TlogReader;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.Topics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Each leaf of votes must be that of the record in the log, each of verdicts the verdict that is found here. */
final class SealedRecordsCheck {
    static final String LEAVES = "Each leaf is of the record that stands in votes";
    static final String VERDICTS = "Each sealed verdict is the one found here";

    private final Leaves votes;
    private final Leaves verdicts;
    private @Nullable String firstWrongLeaf;
    private @Nullable String firstWrongVerdict;
    private long leaves;
    private long decided;

    SealedRecordsCheck(Leaves votes, Leaves verdicts) {
        this.votes = votes;
        this.verdicts = verdicts;
    }

    /** A tree and where its seals are. */
    record Leaves(TlogReader reader, SealIndex seals) {
        /** The entries about one partition, in the order of its records. */
        Iterator<byte[]> of(int partition) {
            Iterator<SealIndex.Placed> placed = seals.seals().iterator();
            LeafCursor cursor = new LeafCursor(reader);
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    while (!cursor.hasNext() && placed.hasNext()) {
                        SealIndex.Placed next = placed.next();
                        if (next.seal() instanceof Seal.OfLog seal && partition < seal.ends().length) {
                            long from = next.first() + 1 + seal.recordsBefore(partition);
                            cursor.range(from, from + seal.ends()[partition] - seal.begins()[partition]);
                        }
                    }
                    return cursor.hasNext();
                }

                @Override
                public byte[] next() {
                    return cursor.next();
                }
            };
        }

        /** The number of partitions that are sealed. */
        int partitions() {
            return seals.seals().stream()
                    .filter(placed -> placed.seal() instanceof Seal.OfLog)
                    .map(placed -> ((Seal.OfLog) placed.seal()).ends().length)
                    .findFirst()
                    .orElse(0);
        }
    }

    /** Says that none of it was looked at. */
    void skip(Report report, String reason) {
        report.skip(LEAVES, reason);
        report.skip(VERDICTS, reason);
    }

    /**
     * Reads the log.
     *
     * @param keys whose control records it obeys; where there are none, nothing is decided
     * @return the log as far as it is sealed, decided and counted again
     */
    List<PartitionReplay> run(LogSource source, @Nullable LogKeys keys, Progress progress) {
        List<PartitionReplay> replays = new ArrayList<>();
        List<Span> spans = source.spans(Topics.VOTES.name());
        for (int partition = 0; partition < votes.partitions(); partition++) {
            int wanted = partition;
            PartitionReplay replay =
                    keys == null ? null : new PartitionReplay(partition, keys, id -> Long.MAX_VALUE, Map.of());
            if (replay != null) {
                replays.add(replay);
            }
            PartitionCheck check = new PartitionCheck(partition, replay);
            spans.stream()
                    .filter(span -> span.partition() == wanted)
                    .findFirst()
                    .ifPresent(span -> {
                        progress.begin("comparing " + span, span.end() - span.begin());
                        source.read(span, check::take);
                        progress.end();
                    });
            check.end();
        }
        return replays;
    }

    private final class PartitionCheck {
        private final int partition;
        private final @Nullable PartitionReplay replay;
        private final Iterator<byte[]> sealed;
        private final Iterator<byte[]> sealedVerdicts;
        private final Commitments commitments = new Commitments();
        private long next;

        PartitionCheck(int partition, @Nullable PartitionReplay replay) {
            this.partition = partition;
            this.replay = replay;
            this.sealed = votes.of(partition);
            this.sealedVerdicts = verdicts.of(partition);
        }

        void take(ConsumerRecord<byte[], byte[]> record) {
            if (!sealed.hasNext()) {
                // Not sealed yet.
                return;
            }
            if (record.offset() != next) {
                wrongLeaf("offset %d is missing in the log, and it is sealed".formatted(next));
            }
            next = record.offset() + 1;
            leaves++;
            if (!Arrays.equals(sealed.next(), commitments.leaf(record).entry())) {
                wrongLeaf("offset %d holds another record than the one that is sealed".formatted(record.offset()));
            }
            if (replay != null) {
                replay.take(record);
                if (sealedVerdicts.hasNext()) {
                    compare(
                            sealedVerdicts.next(),
                            record.offset(),
                            replay.findings().kind(record.offset()));
                }
            }
        }

        private void compare(byte[] entry, long offset, byte finding) {
            decided++;
            if (!Arrays.equals(entry, leaf(finding, offset).entry()) && firstWrongVerdict == null) {
                firstWrongVerdict = "votes partition %d, offset %d: sealed %s, found here %s"
                        .formatted(partition, offset, said(entry), Finding.text(finding));
            }
        }

        private Leaf leaf(byte finding, long offset) {
            if (Finding.isPoison(finding)) {
                return new Leaf.PutAside(
                        partition, offset, Finding.cause(finding).name());
            }
            if (Finding.isRejected(finding)) {
                return new Leaf.Verdict(
                        partition, offset, "REJECTED", Finding.reason(finding).name());
            }
            return finding == Finding.CONTROL
                    ? new Leaf.Obeyed(partition, offset)
                    : new Leaf.Verdict(partition, offset, Finding.text(finding), "");
        }

        void end() {
            if (sealed.hasNext()) {
                wrongLeaf("the log ends at offset %d, and more of it is sealed: it was cut short".formatted(next));
            }
        }

        private void wrongLeaf(String how) {
            if (firstWrongLeaf == null) {
                firstWrongLeaf = "votes partition %d: %s".formatted(partition, how);
            }
        }
    }

    private static String said(byte[] entry) {
        Leaf leaf = Leaf.parse(entry);
        if (leaf instanceof Leaf.Verdict verdict) {
            return (verdict.outcome() + " " + verdict.reason()).strip();
        }
        if (leaf instanceof Leaf.PutAside aside) {
            return "no vote: " + aside.cause();
        }
        return leaf instanceof Leaf.Obeyed ? "a control record" : "nothing";
    }

    void reportLeaves(Report report) {
        if (firstWrongLeaf != null) {
            report.fail(LEAVES, firstWrongLeaf);
        } else {
            report.pass(LEAVES, Texts.count(leaves, "record"));
        }
    }

    void reportVerdicts(Report report) {
        if (firstWrongVerdict != null) {
            report.fail(VERDICTS, firstWrongVerdict);
        } else {
            report.pass(VERDICTS, Texts.count(decided, "record"));
        }
    }
}
