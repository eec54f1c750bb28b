// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.replay;

import io.votelog.auditor.count.PartitionBallot;
import io.votelog.auditor.count.PartitionCount;
import io.votelog.auditor.count.PartitionReplay;
import io.votelog.auditor.count.Tally;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.events.CountedPosition;
import io.votelog.events.ReasonCount;
import io.votelog.events.RejectionReason;
import io.votelog.rules.Ballot;
import io.votelog.rules.Visibility;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Reasons;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Checks every number of a ballot's published results against the count made here, up to the positions that the results
 * name.
 */
final class ResultsCheck {
    private final BallotResults results;
    private final List<PartitionBallot> counted;
    private final List<String> differences = new ArrayList<>();

    /**
     * @param results the published results
     * @param counted the ballot in each partition that holds it, counted up to the results' positions
     */
    ResultsCheck(BallotResults results, List<PartitionBallot> counted) {
        this.results = results;
        this.counted = counted;
    }

    static String title(String ballotId) {
        return "The results of %s are the count made here".formatted(ballotId);
    }

    void run(Report report, List<PartitionReplay> replays) {
        String title = title(results.getBallotId());
        for (CountedPosition position : results.getPositions()) {
            checkReaches(position, replays);
        }
        if (counted.isEmpty()) {
            differences.add("results are published, and the ballot stands nowhere in this log");
        } else {
            compare();
        }
        if (!differences.isEmpty()) {
            report.fail(
                    title,
                    "%s: %s".formatted(Texts.count(differences.size(), "difference"), Texts.first(10, differences)));
            return;
        }
        boolean hidden = results.getVotes() == null;
        report.pass(
                title,
                "%s, version %,d, revision %d: %s, of which %,d accepted%s%s"
                        .formatted(
                                results.getStatus().toString().toLowerCase(Locale.ROOT),
                                results.getVersion(),
                                results.getRevision(),
                                Texts.count(results.getReceived(), "vote"),
                                results.getAccepted(),
                                results.getAnnulled() == 0
                                        ? ""
                                        : String.format(Locale.ROOT, ", %,d annulled", results.getAnnulled()),
                                hidden ? "; the ballot hides the votes of its options before the end" : ""));
    }

    /** Checks that the log reaches a position; a log that ends before it has lost records. */
    private void checkReaches(CountedPosition position, List<PartitionReplay> replays) {
        long end = replays.stream()
                .filter(replay -> replay.partition() == position.getPartition())
                .mapToLong(PartitionReplay::nextOffset)
                .findFirst()
                .orElse(0);
        if (end < position.getNextOffset()) {
            differences.add(
                    "partition %d of this log ends at offset %d, and the results count up to %d: it is cut short"
                            .formatted(position.getPartition(), end, position.getNextOffset()));
        }
    }

    private void compare() {
        Ballot ballot = counted.get(0).ballot();
        BallotDefinition definition = counted.get(0).definition();
        List<PartitionCount> counts =
                counted.stream().map(PartitionBallot::count).toList();
        same("digest", BallotDefinition.hex(results.getDigest()), definition.digestHex());
        Tally tally = Tally.of(counted);
        same("received", results.getReceived(), tally.received());
        same("accepted", results.getAccepted(), tally.accepted());
        same("retried", results.getRetried(), tally.retried());
        Map<RejectionReason, Long> rejected = new EnumMap<>(RejectionReason.class);
        tally.rejected().forEach((reason, count) -> rejected.put(Reasons.toWire(reason), count));
        same("rejected, by reason", publishedReasons(), rejected);
        same("late", results.getLate(), tally.late());
        same("annulled", results.getAnnulled(), tally.annulled());
        same("revision", results.getRevision(), tally.annulled());
        same("missing", results.getMissing(), 0L);
        same("replaced", results.getReplaced(), 0L);
        comparePartitions();
        compareEnds(counts);
        long asOfMs = counts.stream().mapToLong(PartitionCount::asOfMs).max().orElse(Long.MIN_VALUE);
        same("asOf", results.getAsOf(), Instant.ofEpochMilli(asOfMs));
        same("status", results.getStatus(), status(counts, asOfMs, ballot));
        compareVotes(tally);
    }

    /** Checks that the results count each partition of the ballot once, and no other partition. */
    private void comparePartitions() {
        List<Integer> named = results.getPositions().stream()
                .map(CountedPosition::getPartition)
                .sorted()
                .toList();
        List<Integer> all = IntStream.range(0, counted.get(0).published().getPartitionCount())
                .boxed()
                .toList();
        if (!named.equals(all)) {
            List<Integer> left =
                    all.stream().filter(partition -> !named.contains(partition)).toList();
            differences.add(
                    left.isEmpty()
                            ? "positions: published %s, the ballot's partitions are %s".formatted(named, all)
                            : "positions: partition %s of %d is not counted at all"
                                    .formatted(
                                            left.stream().map(String::valueOf).collect(Collectors.joining(", ")),
                                            all.size()));
        }
    }

    private void compareEnds(List<PartitionCount> counts) {
        Map<Integer, Long> published = new TreeMap<>();
        long version = 0;
        for (CountedPosition position : results.getPositions()) {
            Long end = position.getEndOffset();
            published.put(position.getPartition(), end == null ? PartitionBallot.OPEN : end);
            version += end == null ? position.getNextOffset() : Math.min(end, position.getNextOffset());
        }
        Map<Integer, Long> here = new TreeMap<>();
        for (int at = 0; at < counts.size(); at++) {
            if (published.containsKey(counted.get(at).partition())) {
                here.put(counted.get(at).partition(), counts.get(at).endOffset());
            }
        }
        same("partitions and where they end", ends(published), ends(here));
        same("version", results.getVersion(), version);
    }

    private static String ends(Map<Integer, Long> ends) {
        Map<Integer, String> texts = new TreeMap<>();
        ends.forEach(
                (partition, end) -> texts.put(partition, end == PartitionBallot.OPEN ? "open" : Long.toString(end)));
        return texts.toString();
    }

    private BallotStatus status(List<PartitionCount> counts, long asOfMs, Ballot ballot) {
        long ended = counts.stream()
                .filter(count -> count.endOffset() != PartitionBallot.OPEN)
                .count();
        if (ended == counted.get(0).published().getPartitionCount()) {
            return BallotStatus.FINAL;
        }
        if (ended > 0) {
            return BallotStatus.CLOSED;
        }
        return asOfMs < ballot.opensAt().toEpochMilli() ? BallotStatus.SCHEDULED : BallotStatus.OPEN;
    }

    private void compareVotes(Tally tally) {
        @Nullable List<Long> published = results.getVotes();
        boolean hides = counted.get(0).ballot().visibility() == Visibility.AFTER_CLOSE
                && results.getStatus() != BallotStatus.FINAL;
        if (published == null || hides) {
            same("votes of options", published == null ? "hidden" : "shown", hides ? "hidden" : "shown");
            return;
        }
        if (published.size() != tally.votes().size()) {
            same("options", published.size(), tally.votes().size());
            return;
        }
        Iterator<Long> next = published.iterator();
        tally.votes().forEach((option, here) -> same("option " + option, next.next(), here));
    }

    /** The published counts by reason, exactly as published: readers add up all of them. */
    private Map<RejectionReason, Long> publishedReasons() {
        Map<RejectionReason, Long> published = new EnumMap<>(RejectionReason.class);
        for (ReasonCount count : results.getRejected()) {
            if (published.put(count.getReason(), count.getCount()) != null) {
                differences.add("rejected, by reason: %s is published twice".formatted(count.getReason()));
            }
        }
        return published;
    }

    private void same(String what, Object published, Object here) {
        if (!Objects.equals(published, here)) {
            differences.add("%s: published %s, counted here %s".formatted(what, published, here));
        }
    }
}
