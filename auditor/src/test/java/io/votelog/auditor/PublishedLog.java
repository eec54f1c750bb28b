// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor;

import io.votelog.auditor.count.EventBytes;
import io.votelog.auditor.count.PartitionBallot;
import io.votelog.auditor.count.PartitionReplay;
import io.votelog.auditor.count.RecordOutcome;
import io.votelog.auditor.count.Tally;
import io.votelog.auditor.count.Vote;
import io.votelog.auditor.source.CountedOffsets;
import io.votelog.auditor.source.MergedOffsets;
import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.events.CountedPosition;
import io.votelog.events.Outcome;
import io.votelog.events.ReasonCount;
import io.votelog.events.RejectionReason;
import io.votelog.events.VoteDecided;
import io.votelog.rules.Visibility;
import io.votelog.schemas.DeadLetters;
import io.votelog.schemas.Events;
import io.votelog.schemas.Reasons;
import io.votelog.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Adds to a test log what an honest operator publishes about it: verdicts, dead letters, results and committed offsets.
 */
public final class PublishedLog {
    private PublishedLog() {}

    /**
     * Publishes all of it.
     *
     * @param stages how often there are results on the way, the last time of the whole log
     */
    public static TestLog of(TestLog log, int stages) {
        log.withTopic(Topics.DECISIONS, TestLog.PARTITIONS)
                .withTopic(Topics.DEAD_LETTERS, TestLog.PARTITIONS)
                .withTopic(Topics.RESULTS, TestLog.PARTITIONS);
        for (PartitionReplay replay : replays(log, ends(log))) {
            for (ConsumerRecord<byte[], byte[]> record : log.records(Topics.VOTES, replay.partition())) {
                publish(log, record, replay.outcomes().at(record.offset()));
            }
        }
        for (int stage = 1; stage <= stages; stage++) {
            Map<Integer, Long> positions = ends(log);
            int now = stage;
            positions.replaceAll((partition, end) -> end * now / stages);
            List<PartitionReplay> replays = replays(log, positions);
            for (PartitionBallot ballot : replays.get(0).ballots()) {
                addResults(log, results(replays, positions, ballot.ballot().id()));
            }
        }
        say(log, ends(log));
        return log;
    }

    /** Sets the committed offsets of the counting and the merging group. */
    public static void say(TestLog log, Map<Integer, Long> positions) {
        log.counted = new CountedOffsets(CountedOffsets.GROUP, positions);
        Map<String, Map<Integer, Long>> ballots = new TreeMap<>();
        for (PartitionBallot ballot : replays(log, ends(log)).get(0).ballots()) {
            ballots.put(ballot.ballot().id(), positions);
        }
        log.merged = new MergedOffsets(MergedOffsets.group(CountedOffsets.GROUP), ballots);
    }

    public static Map<Integer, Long> ends(TestLog log) {
        Map<Integer, Long> ends = new TreeMap<>();
        log.ranges(Topics.VOTES.name()).forEach(range -> ends.put(range.partition(), range.end()));
        return ends;
    }

    private static List<PartitionReplay> replays(TestLog log, Map<Integer, Long> positions) {
        List<PartitionReplay> replays = new ArrayList<>();
        positions.forEach((partition, end) -> {
            PartitionReplay replay = new PartitionReplay(partition, TestLog.keys(), any -> Long.MAX_VALUE, Map.of());
            log.records(Topics.VOTES, partition).stream()
                    .filter(record -> record.offset() < end)
                    .forEach(replay::take);
            replays.add(replay);
        });
        return replays;
    }

    private static void publish(TestLog log, ConsumerRecord<byte[], byte[]> record, byte outcome) {
        if (RecordOutcome.isPoison(outcome)) {
            DeadLetters.Letter letter = DeadLetters.of(
                    record.key(),
                    record.value(),
                    record.partition(),
                    record.offset(),
                    record.timestamp(),
                    RecordOutcome.cause(outcome),
                    "put aside");
            add(
                    log.records(Topics.DEAD_LETTERS, record.partition()),
                    Topics.DEAD_LETTERS.name(),
                    record,
                    letter.value(),
                    letter.headers());
        } else if (RecordOutcome.isVerdict(outcome)) {
            Vote vote = Vote.read(new EventBytes(), record.value());
            RejectionReason reason =
                    RecordOutcome.isRejected(outcome) ? Reasons.toWire(RecordOutcome.reason(outcome)) : null;
            Outcome written = reason != null
                    ? Outcome.REJECTED
                    : outcome == RecordOutcome.ACCEPTED ? Outcome.ACCEPTED : Outcome.RETRIED;
            VoteDecided decided = new VoteDecided(
                    new UUID(vote.idHigh(), vote.idLow()),
                    vote.ballotId(),
                    written,
                    reason,
                    record.offset(),
                    Instant.ofEpochMilli(record.timestamp()));
            Headers headers = new RecordHeaders()
                    .add("ce_id", (record.partition() + "/" + record.offset()).getBytes(StandardCharsets.UTF_8));
            add(
                    log.records(Topics.DECISIONS, record.partition()),
                    Topics.DECISIONS.name(),
                    record,
                    Events.encode(decided),
                    headers);
        }
    }

    private static void add(
            List<ConsumerRecord<byte[], byte[]>> records,
            String topic,
            ConsumerRecord<byte[], byte[]> vote,
            byte[] value,
            Headers headers) {
        records.add(
                TestLog.record(topic, vote.partition(), records.size(), vote.timestamp(), vote.key(), value, headers));
    }

    /** Appends results. */
    public static void addResults(TestLog log, BallotResults results) {
        byte[] key = results.getBallotId().getBytes(StandardCharsets.UTF_8);
        log.add(Topics.RESULTS, Math.floorMod(key.length, TestLog.PARTITIONS), key, Events.encode(results));
    }

    /** The true results at these positions. */
    public static BallotResults results(TestLog log, Map<Integer, Long> positions, String ballotId) {
        return results(replays(log, positions), positions, ballotId);
    }

    private static BallotResults results(List<PartitionReplay> replays, Map<Integer, Long> positions, String ballotId) {
        List<PartitionBallot> partitionBallots = Tally.partitionBallots(replays, ballotId);
        Tally tally = Tally.of(partitionBallots);
        List<CountedPosition> named = partitionBallots.stream()
                .map(one -> new CountedPosition(
                        one.partition(),
                        positions.get(one.partition()),
                        one.endOffset() == PartitionBallot.OPEN ? null : one.endOffset()))
                .toList();
        long ended = named.stream().filter(one -> one.getEndOffset() != null).count();
        long asOfMs = partitionBallots.stream()
                .mapToLong(one -> one.count().asOfMs())
                .max()
                .orElseThrow();
        boolean isFinal = ended == TestLog.PARTITIONS;
        boolean hides = partitionBallots.get(0).ballot().visibility() == Visibility.AFTER_CLOSE && !isFinal;
        return new BallotResults(
                ballotId,
                partitionBallots.get(0).published().getDigest(),
                isFinal ? BallotStatus.FINAL : ended > 0 ? BallotStatus.CLOSED : BallotStatus.OPEN,
                named.stream()
                        .mapToLong(one -> one.getEndOffset() == null
                                ? one.getNextOffset()
                                : Math.min(one.getEndOffset(), one.getNextOffset()))
                        .sum(),
                tally.annulled(),
                Instant.ofEpochMilli(asOfMs),
                tally.received(),
                tally.accepted(),
                tally.retried(),
                tally.rejected().entrySet().stream()
                        .map(entry -> new ReasonCount(Reasons.toWire(entry.getKey()), entry.getValue()))
                        .toList(),
                tally.annulled(),
                tally.late(),
                0L,
                0L,
                hides ? null : List.copyOf(tally.votes().values()),
                named);
    }
}
