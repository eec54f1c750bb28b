// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.replay;

import io.votelog.auditor.count.Cutoff;
import io.votelog.auditor.count.PartitionBallot;
import io.votelog.auditor.count.PartitionReplay;
import io.votelog.auditor.count.RecordOutcome;
import io.votelog.auditor.count.ResultsHistory;
import io.votelog.auditor.count.Tally;
import io.votelog.auditor.count.VotesReader;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.CountedOffsets;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.events.BallotResults;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.ControlRecord;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.Topics;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntToLongFunction;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Replays a log from its first record, decides every vote again, and compares with what was published: verdicts,
 * results and dead letters.
 */
public final class Replay {
    private final LogSource source;
    private final LogKeys keys;
    private final Set<String> wanted;
    private final Progress progress;
    private final VotesReader reader;
    private final int threads;
    private final Terms terms;
    private @Nullable Announcement announced;

    /**
     * What counts as a fault in a replay.
     *
     * @param group the consumer group that counts
     * @param complete whether results must count the log to its end
     * @param maxClockStep the most by which a record's time may be earlier than that of a record before it in its
     *     partition
     */
    public record Terms(String group, boolean complete, Duration maxClockStep) {}

    /**
     * @param keys whose control records the log obeys
     * @param wanted ids of the ballots whose results are compared; all ballots of the log when empty
     * @param threads the most partitions that are replayed at a time, each with a table of its voters in memory
     */
    public Replay(LogSource source, LogKeys keys, Set<String> wanted, int threads, Terms terms, Progress progress) {
        this.terms = terms;
        this.source = source;
        this.keys = keys;
        this.wanted = Set.copyOf(wanted);
        this.progress = progress;
        this.threads = threads;
        this.reader = new VotesReader(source, threads, progress);
    }

    /** Checks the log against this announcement too. */
    public Replay holdTo(Announcement announcement) {
        announced = announcement;
        return this;
    }

    /**
     * Runs every step.
     *
     * @throws AuditException when the log cannot be read
     */
    public Report run() {
        Report report = new Report(
                "Replay of " + source.name(),
                "what was published follows from this log",
                "what was published does not follow from this log");
        // The order matters: committed offsets first, then results, then decisions and dead letters, then votes. What
        // was counted was decided before, and what was decided was in votes before. So a verdict whose vote is missing
        // cannot be explained by votes that came later.
        Optional<CountedOffsets> counted = source.counted(terms.group());
        ResultsHistory history = new ResultsHistory(ResultsHistory.MOST);
        PublishedRecords published = PublishedRecords.results(source, history);
        history.index();
        IntToLongFunction countedTo = partition -> Math.max(
                published.countedTo(partition),
                counted.map(group -> group.offsets().getOrDefault(partition, 0L))
                        .orElse(0L));
        List<OffsetRange> decisions = source.ranges(Topics.DECISIONS.name());
        List<OffsetRange> deadLetters = source.ranges(Topics.DEAD_LETTERS.name());
        List<OffsetRange> votes = reader.ranges();
        published.readClaims(source, keys);
        long beginNs = System.nanoTime();
        List<PartitionReplay> replays = reader.read(
                votes,
                range -> new PartitionReplay(
                        range.partition(),
                        keys,
                        ballotId -> published.results(ballotId).isPresent()
                                ? published.countedTo(ballotId, range.partition())
                                : Long.MAX_VALUE,
                        Map.of(),
                        history),
                Cutoff.none());
        report.read(
                Topics.VOTES.name(),
                votes.stream().mapToLong(range -> range.end() - range.begin()).sum(),
                Duration.ofNanos(System.nanoTime() - beginNs));
        Set<String> ids = ids(replays, published);
        wholeness(report, votes, replays, counted);
        clocks(report, replays);
        if (announced != null) {
            new AnnouncementCheck(announced, keys, source).run(report, replays);
        }
        definitions(report, replays, published, ids);
        counted(report, replays);
        new DecisionsCheck(source, decisions, countedTo, replays).run(report, threads, progress);
        LagCheck lag = new LagCheck(source, terms.group(), terms.complete());
        for (String id : ids) {
            Optional<BallotResults> results = published.results(id);
            List<PartitionBallot> partitionBallots = Tally.partitionBallots(replays, id);
            if (results.isEmpty()) {
                lag.withoutResults(report, id, partitionBallots);
            } else {
                new ResultsCheck(results.get(), partitionBallots).run(report, replays);
                lag.run(report, id, partitionBallots);
            }
            if (!partitionBallots.isEmpty()) {
                new Annulments(partitionBallots).reportTo(report);
            }
        }
        history.reportTo(report, replays, ids);
        new DeadLettersCheck(source, deadLetters, countedTo, replays).run(report);
        return report;
    }

    private Set<String> ids(List<PartitionReplay> replays, PublishedRecords published) {
        Set<String> ids = new TreeSet<>();
        replays.forEach(replay ->
                replay.ballots().forEach(ballot -> ids.add(ballot.ballot().id())));
        published.allResults().forEach(results -> ids.add(results.getBallotId()));
        for (String id : wanted) {
            if (!ids.contains(id)) {
                throw new AuditException("no ballot %s stands in %s; there are %s".formatted(id, source.name(), ids));
            }
        }
        return wanted.isEmpty() ? ids : new TreeSet<>(wanted);
    }

    private static void wholeness(
            Report report, List<OffsetRange> votes, List<PartitionReplay> replays, Optional<CountedOffsets> counted) {
        String title = "The log is whole";
        for (int partition = 0; partition < votes.size(); partition++) {
            if (votes.get(partition).partition() != partition) {
                report.fail(title, "partition %d is missing".formatted(partition));
                return;
            }
        }
        for (OffsetRange range : votes) {
            if (range.begin() > 0) {
                report.fail(
                        title,
                        "partition %d begins at offset %d: what was before it is gone"
                                .formatted(range.partition(), range.begin()));
                return;
            }
        }
        for (PartitionReplay replay : replays) {
            String gap = replay.firstGap();
            if (gap != null) {
                report.fail(title, gap);
                return;
            }
        }
        for (int at = 0; at < votes.size(); at++) {
            if (replays.get(at).nextOffset() < votes.get(at).end()) {
                report.fail(
                        title,
                        "partition %d ends at offset %d; its end was said to be %d"
                                .formatted(
                                        votes.get(at).partition(),
                                        replays.get(at).nextOffset(),
                                        votes.get(at).end()));
                return;
            }
        }
        for (var position :
                counted.map(CountedOffsets::offsets).orElse(Map.of()).entrySet()) {
            long end = position.getKey() < replays.size()
                    ? replays.get(position.getKey()).nextOffset()
                    : 0;
            if (position.getValue() > end) {
                report.fail(
                        title,
                        "partition %d ends at offset %d, and the group %s has counted it up to %d: it is cut short"
                                .formatted(
                                        position.getKey(),
                                        end,
                                        counted.orElseThrow().group(),
                                        position.getValue()));
                return;
            }
        }
        long records = replays.stream().mapToLong(PartitionReplay::nextOffset).sum();
        report.pass(
                title,
                "%s, %s, offsets dense from 0"
                        .formatted(Texts.count(votes.size(), "partition"), Texts.count(records, "record")));
    }

    /**
     * Checks the records' timestamps. The broker's time alone decides whether a ballot was open, so the timestamps must
     * be the broker's.
     */
    private void clocks(Report report, List<PartitionReplay> replays) {
        String title = "The broker stamped every record, and its time does not run back";
        Optional<String> timestampType = source.timestampType();
        if (timestampType.isPresent() && !timestampType.get().equals(LogSource.LOG_APPEND_TIME)) {
            report.fail(
                    title,
                    "%s takes the time that its writers name (message.timestamp.type is %s)"
                            .formatted(Topics.VOTES.name(), timestampType.get()));
            return;
        }
        for (PartitionReplay replay : replays) {
            PartitionReplay.Clock clock = replay.clock();
            if (clock.stampedBy() == TimestampType.CREATE_TIME) {
                report.fail(
                        title,
                        "partition %d, offset %d has the time that its writer named"
                                .formatted(replay.partition(), clock.stampedAt()));
                return;
            }
        }
        PartitionReplay back = replays.stream()
                .max(Comparator.comparingLong(replay -> replay.clock().backMs()))
                .orElseThrow();
        Duration step = Duration.ofMillis(back.clock().backMs());
        if (step.compareTo(terms.maxClockStep()) > 0) {
            report.fail(
                    title,
                    "partition %d, offset %d is stamped %s before a record that stands before it; --max-clock-step allows %s"
                            .formatted(back.partition(), back.clock().backAt(), step, terms.maxClockStep()));
            return;
        }
        if (timestampType.isEmpty()
                || replays.stream().anyMatch(replay -> replay.clock().stampedBy() != TimestampType.LOG_APPEND_TIME)) {
            report.skip(title, "who stamps the records is not known here");
            return;
        }
        report.pass(title, step.isZero() ? "it never does" : "by no more than " + step);
    }

    private static void definitions(
            Report report, List<PartitionReplay> replays, PublishedRecords published, Set<String> ids) {
        for (String id : ids) {
            String title = "Ballot %s stands in every partition, signed, as it was first published".formatted(id);
            List<PartitionBallot> partitionBallots = Tally.partitionBallots(replays, id);
            if (partitionBallots.isEmpty()) {
                report.fail(title, "it stands in no partition");
                continue;
            }
            String digest = partitionBallots.get(0).definition().digestHex();
            int partitions = partitionBallots.get(0).published().getPartitionCount();
            Optional<ControlRecord.Published> claim = published.claim(id);
            if (partitionBallots.stream()
                    .anyMatch(other -> !other.definition().digestHex().equals(digest))) {
                report.fail(title, "its definition is not the same in all partitions");
            } else if (partitionBallots.size() < partitions && isInUse(partitionBallots, published, id)) {
                report.fail(title, missing(replays, id, partitions));
            } else if (partitionBallots.size() < partitions) {
                report.skip(
                        title,
                        missing(replays, id, partitions)
                                + ". Nothing is counted of it yet: it may be that it is being published");
            } else if (claim.isEmpty()) {
                report.skip(title, "%s does not tell who published it first".formatted(Topics.BALLOTS.name()));
            } else if (!BallotDefinition.hex(claim.get().digest()).equals(digest)) {
                report.fail(
                        title,
                        "first published was the definition %s, and %s stands in votes"
                                .formatted(BallotDefinition.hex(claim.get().digest()), digest));
            } else {
                report.pass(title, "definition " + digest);
            }
        }
    }

    /** Whether the ballot has results or accepted votes. Both require that all its partitions hold it. */
    private static boolean isInUse(List<PartitionBallot> partitionBallots, PublishedRecords published, String id) {
        return published.results(id).isPresent()
                || partitionBallots.stream().anyMatch(one -> one.count().accepted() > 0);
    }

    private static String missing(List<PartitionReplay> replays, String id, int partitions) {
        for (int partition = 0; partition < partitions; partition++) {
            int wanted = partition;
            Optional<PartitionReplay> replay = replays.stream()
                    .filter(candidate -> candidate.partition() == wanted)
                    .findFirst();
            if (replay.isEmpty()) {
                return "partition %d of %d is missing".formatted(partition, partitions);
            }
            if (replay.get().ballot(id) == null) {
                return "partition %d does not hold it".formatted(partition);
            }
        }
        return "it stands in more partitions than it names: " + partitions;
    }

    private static void counted(Report report, List<PartitionReplay> replays) {
        long accepted = 0;
        long retried = 0;
        long rejected = 0;
        long control = 0;
        long poison = 0;
        for (PartitionReplay replay : replays) {
            for (long offset = 0; offset < replay.outcomes().end(); offset++) {
                byte outcome = replay.outcomes().at(offset);
                if (outcome == RecordOutcome.ACCEPTED) {
                    accepted++;
                } else if (outcome == RecordOutcome.RETRIED) {
                    retried++;
                } else if (outcome == RecordOutcome.CONTROL) {
                    control++;
                } else if (RecordOutcome.isRejected(outcome)) {
                    rejected++;
                } else if (RecordOutcome.isPoison(outcome)) {
                    poison++;
                }
            }
        }
        report.pass(
                "Every vote is decided again",
                String.format(
                        Locale.ROOT,
                        "%,d votes = %,d accepted + %,d retried + %,d rejected; %s, %,d that are no votes",
                        accepted + retried + rejected,
                        accepted,
                        retried,
                        rejected,
                        Texts.count(control, "control record"),
                        poison));
    }
}
