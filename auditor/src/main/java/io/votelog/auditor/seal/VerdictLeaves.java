// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import io.votelog.auditor.source.BrokerSource;
import io.votelog.auditor.source.CountingProgress;
import io.votelog.auditor.source.DeadLetter;
import io.votelog.auditor.source.PartitionTail;
import io.votelog.events.RejectionReason;
import io.votelog.events.VoteDecided;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes the leaves of the tree of verdicts: for each record the published verdict or dead letter. Where nothing was
 * published, the record itself shows whether it is a control record or an undecided vote.
 */
public final class VerdictLeaves implements LeafSource {
    private static final Pattern CAUSE = Pattern.compile("[A-Z_]{1,64}");

    private final BrokerSource source;
    private final CountingProgress progress;
    private final List<PartitionTail> votes = new ArrayList<>();
    private final List<PartitionTail> decisions = new ArrayList<>();
    private final List<PartitionTail> letters = new ArrayList<>();
    private final Map<Integer, TreeMap<Long, String>> causes = new HashMap<>();
    private long[] decisionsEnd = new long[0];

    /**
     * @param source of votes, decisions and dead letters
     * @param progress how far the streams apps have counted
     */
    public VerdictLeaves(BrokerSource source, CountingProgress progress) {
        this.source = source;
        this.progress = progress;
    }

    /**
     * Ready once the streams apps have counted all records of the seal. What they published before is below the ends of
     * these topics by then; reading it may take a moment until the last transaction's markers are written. Partitions
     * that were added to votes have partitions of decisions once they are counted; the number of partitions of dead
     * letters does not change.
     */
    @Override
    public boolean ready(Seal.OfLog seal) {
        long[] counted = progress.counted(Topics.VOTES.name(), seal.ends().length);
        Map<String, Integer> partitions =
                progress.partitions(List.of(Topics.DECISIONS.name(), Topics.DEAD_LETTERS.name()));
        int ofDecisions = partitions.getOrDefault(Topics.DECISIONS.name(), 0);
        for (int partition = 0; partition < seal.ends().length; partition++) {
            if (counted[partition] < seal.ends()[partition]
                    || partition >= ofDecisions && seal.begins()[partition] < seal.ends()[partition]) {
                return false;
            }
        }
        follow(votes, Topics.VOTES.name(), seal.ends().length);
        // Decisions are read from the first one on, after a restart too: only a decision itself names the vote that it
        // belongs to.
        follow(decisions, Topics.DECISIONS.name(), ofDecisions);
        follow(letters, Topics.DEAD_LETTERS.name(), partitions.getOrDefault(Topics.DEAD_LETTERS.name(), 0));
        decisionsEnd = progress.ends(Topics.DECISIONS.name(), decisions.size());
        long[] lettersEnd = progress.ends(Topics.DEAD_LETTERS.name(), letters.size());
        for (int partition = 0; partition < letters.size(); partition++) {
            readLetters(letters.get(partition), lettersEnd[partition]);
        }
        return true;
    }

    private void follow(List<PartitionTail> tails, String topic, int partitions) {
        while (tails.size() < partitions) {
            tails.add(source.tail(topic, tails.size()));
        }
    }

    private void readLetters(PartitionTail tail, long end) {
        for (ConsumerRecord<byte[], byte[]> record = tail.peek(end); record != null; record = tail.peek(end)) {
            DeadLetter letter = DeadLetter.of(record);
            if (CAUSE.matcher(letter.cause()).matches()) {
                causes.computeIfAbsent(letter.partition(), any -> new TreeMap<>())
                        .put(letter.offset(), letter.cause());
            }
            tail.take();
        }
    }

    @Override
    public void leaves(Seal.OfLog seal, Consumer<Leaf> leaves) {
        for (int partition = 0; partition < seal.ends().length; partition++) {
            long end = seal.ends()[partition];
            TreeMap<Long, String> aside = causes.getOrDefault(partition, new TreeMap<>());
            for (long offset = seal.begins()[partition]; offset < end; offset++) {
                VoteDecided decided = decided(partition, offset);
                if (decided != null) {
                    RejectionReason reason = decided.getReason();
                    leaves.accept(new Leaf.Verdict(
                            partition, offset, decided.getOutcome().name(), reason == null ? "" : reason.name()));
                } else if (aside.containsKey(offset)) {
                    leaves.accept(new Leaf.PutAside(partition, offset, aside.get(offset)));
                } else {
                    leaves.accept(undecided(partition, offset, end));
                }
            }
            aside.headMap(end).clear();
        }
    }

    /**
     * The decision on a vote; null where there is none. Decisions are in the order of their votes; repeated ones, from
     * when the streams apps count again, are skipped.
     */
    private @Nullable VoteDecided decided(int partition, long offset) {
        PartitionTail tail = decisions.get(partition);
        long end = decisionsEnd[partition];
        for (ConsumerRecord<byte[], byte[]> record = tail.peek(end); record != null; record = tail.peek(end)) {
            VoteDecided decided = decision(record);
            if (decided != null && decided.getVoteOffset() > offset) {
                return null;
            }
            tail.take();
            if (decided != null && decided.getVoteOffset() == offset) {
                return decided;
            }
        }
        return null;
    }

    private static @Nullable VoteDecided decision(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Events.decode(record.value(), VoteDecided.class);
        } catch (MalformedEventException e) {
            // Bytes that are no event decide nothing.
            return null;
        }
    }

    private Leaf undecided(int partition, long offset, long end) {
        PartitionTail tail = votes.get(partition);
        tail.seek(offset);
        ConsumerRecord<byte[], byte[]> record = tail.peek(end);
        boolean control = record != null && record.offset() == offset && Commitments.isControl(record);
        return control ? new Leaf.Obeyed(partition, offset) : new Leaf.Undecided(partition, offset);
    }

    @Override
    public void close() {
        votes.forEach(PartitionTail::close);
        decisions.forEach(PartitionTail::close);
        letters.forEach(PartitionTail::close);
    }
}
