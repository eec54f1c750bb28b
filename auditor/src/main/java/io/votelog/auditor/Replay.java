package io.votelog.auditor;

import io.votelog.events.BallotPublished;
import io.votelog.events.BallotResults;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log from its first record, decides every vote again and compares with what was published: verdicts, numbers, and what
 * was put aside.
 */
final class Replay {
    private final LogSource source;
    private final LogKeys keys;
    private final Set<String> wanted;
    private final Progress progress;
    private final VotesReader reader;
    private final int threads;
    private @Nullable Announcement announced;

    /**
     * @param keys whose control records the log obeys
     * @param wanted ids of the ballots whose results are compared; all that stand in the log when there are none
     * @param threads partitions that are replayed at a time, each with a table of its voters in memory
     */
    Replay(LogSource source, LogKeys keys, Set<String> wanted, int threads, Progress progress) {
        this.source = source;
        this.keys = keys;
        this.wanted = Set.copyOf(wanted);
        this.progress = progress;
        this.threads = threads;
        this.reader = new VotesReader(source, threads, progress);
    }

    /** Holds the log to this, too. */
    Replay holdTo(Announcement announcement) {
        announced = announcement;
        return this;
    }

    /**
     * Runs every step.
     *
     * @throws AuditException when the log cannot be read
     */
    Report run() {
        Report report = new Report(
                "Replay of " + source.name(),
                "what was published follows from this log",
                "what was published does not follow from this log");
        // In this order: what the results count was decided before, and stands in votes and decisions already.
        Published published = Published.read(source, keys);
        List<Span> votes = reader.spans();
        long beginNs = System.nanoTime();
        List<PartitionReplay> replays = reader.read(
                votes,
                span -> new PartitionReplay(
                        span.partition(),
                        keys,
                        ballotId -> published.results(ballotId).isPresent()
                                ? published.countedTo(ballotId, span.partition())
                                : Long.MAX_VALUE,
                        Map.of()),
                Cut.none());
        report.read(
                Topics.VOTES.name(),
                votes.stream().mapToLong(span -> span.end() - span.begin()).sum(),
                Duration.ofNanos(System.nanoTime() - beginNs));
        Set<String> ids = ids(replays, published);
        wholeness(report, votes, replays);
        if (announced != null) {
            new AnnouncementCheck(announced, keys, source).run(report, replays);
        }
        definitions(report, replays, published, ids);
        counted(report, replays);
        new DecisionsCheck(source, published, replays).run(report, threads, progress);
        for (String id : ids) {
            Optional<BallotResults> results = published.results(id);
            if (results.isEmpty()) {
                report.skip(ResultsCheck.title(id), "no results of it are published");
            } else {
                new ResultsCheck(results.get(), Tally.standing(replays, id)).run(report, replays);
            }
            List<Standing> standing = Tally.standing(replays, id);
            if (!standing.isEmpty()) {
                new Annulments(standing).tell(report);
            }
        }
        new DeadLettersCheck(source, published, replays).run(report);
        return report;
    }

    private Set<String> ids(List<PartitionReplay> replays, Published published) {
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

    private static void wholeness(Report report, List<Span> votes, List<PartitionReplay> replays) {
        String title = "The log is whole";
        for (int partition = 0; partition < votes.size(); partition++) {
            if (votes.get(partition).partition() != partition) {
                report.fail(title, "partition %d is missing".formatted(partition));
                return;
            }
        }
        for (Span span : votes) {
            if (span.begin() > 0) {
                report.fail(
                        title,
                        "partition %d begins at offset %d: what was before it is gone"
                                .formatted(span.partition(), span.begin()));
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
        long records = replays.stream().mapToLong(PartitionReplay::nextOffset).sum();
        report.pass(
                title,
                "%s, %s, offsets dense from 0"
                        .formatted(Texts.count(votes.size(), "partition"), Texts.count(records, "record")));
    }

    private static void definitions(
            Report report, List<PartitionReplay> replays, Published published, Set<String> ids) {
        for (String id : ids) {
            String title = "Ballot %s stands in every partition, signed, as it was first published".formatted(id);
            List<Standing> standing = Tally.standing(replays, id);
            if (standing.isEmpty()) {
                report.fail(title, "it stands in no partition");
                continue;
            }
            String digest = standing.get(0).definition().digestHex();
            int partitions = standing.get(0).published().getPartitionCount();
            Optional<BallotPublished> claim = published.claim(id);
            if (standing.stream()
                    .anyMatch(other -> !other.definition().digestHex().equals(digest))) {
                report.fail(title, "its definition is not the same in all partitions");
            } else if (standing.size() < partitions) {
                report.fail(title, missing(replays, id, partitions));
            } else if (claim.isEmpty()) {
                report.skip(title, "%s does not tell who published it first".formatted(Topics.BALLOTS.name()));
            } else if (!BallotDefinition.hex(claim.get().getDigest()).equals(digest)) {
                report.fail(
                        title,
                        "first published was the definition %s, and %s stands in votes"
                                .formatted(BallotDefinition.hex(claim.get().getDigest()), digest));
            } else {
                report.pass(title, "definition " + digest);
            }
        }
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
            for (long offset = 0; offset < replay.findings().end(); offset++) {
                byte finding = replay.findings().kind(offset);
                if (finding == Finding.ACCEPTED) {
                    accepted++;
                } else if (finding == Finding.RETRIED) {
                    retried++;
                } else if (finding == Finding.CONTROL) {
                    control++;
                } else if (Finding.isRejected(finding)) {
                    rejected++;
                } else if (Finding.isPoison(finding)) {
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
