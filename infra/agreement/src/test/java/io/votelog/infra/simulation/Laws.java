// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.simulation;

import io.votelog.auditor.count.AnnulledVote;
import io.votelog.auditor.count.PartitionBallot;
import io.votelog.auditor.count.PartitionReplay;
import io.votelog.auditor.count.RecordOutcome;
import io.votelog.auditor.count.Tally;
import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.events.CountedPosition;
import io.votelog.events.MinuteTurnout;
import io.votelog.events.Outcome;
import io.votelog.events.PartitionTally;
import io.votelog.events.PartitionTurnout;
import io.votelog.events.QuarterVotes;
import io.votelog.events.ReasonCount;
import io.votelog.events.RejectionReason;
import io.votelog.events.VoteCast;
import io.votelog.events.VoteDecided;
import io.votelog.infra.simulation.Brokers.Application;
import io.votelog.infra.simulation.Brokers.Transaction;
import io.votelog.rules.Reason;
import io.votelog.rules.Visibility;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.DeadLetters;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Reasons;
import io.votelog.schemas.Topics;
import io.votelog.streams.read.receipts.ReceiptAsked;
import io.votelog.streams.topology.Sent;
import io.votelog.streams.topology.TurnoutKeeper;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Holds one history to the laws. What is committed and shown is looked at when it happens; at the end the auditor's replay decides and
 * counts the log once more, in order and without a fault, and all that was committed or told must be what the replay finds.
 */
final class Laws {
    private static final long MINUTE_MS = 60_000;
    private static final long QUARTER_MS = 15 * MINUTE_MS;

    private final VotesLog votes;
    private final long[] committed;
    private final List<PartitionTally> tallies = new ArrayList<>();
    private final List<BallotResults> results = new ArrayList<>();
    private final Map<String, BallotResults> newest = new HashMap<>();
    private final List<Told> told = new ArrayList<>();
    private boolean offsetsWereLost;
    private boolean mergeWasLost;

    /** What an instance told of a voter. */
    private record Told(int partition, byte[] voter, String ballotId, long countedTo, ReceiptAsked receipt) {}

    Laws(VotesLog votes) {
        this.votes = votes;
        this.committed = new long[votes.partitions()];
    }

    /** From now on the log may be read again, so a verdict may be published once more. */
    void offsetsAreLost() {
        offsetsWereLost = true;
    }

    /** From now on results may be sent that are older than those of before: whoever shows them passes over them. */
    void mergeIsLost() {
        mergeWasLost = true;
    }

    void committed(Application application, Transaction transaction) {
        if (application == Application.COUNT) {
            transaction.read.forEach((partition, next) -> committed[partition] = Math.max(committed[partition], next));
        }
        for (Sent record : transaction.sent) {
            if (record.topic().equals(Topics.TALLIES.name())) {
                PartitionTally tally = decode(record.value(), PartitionTally.class);
                LawBroken.unless(
                        tally.getNextOffset() <= committed[tally.getPartition()],
                        "a tally of %s is committed that counts partition %d up to %d, where the count is committed up to %d",
                        tally.getBallotId(),
                        tally.getPartition(),
                        tally.getNextOffset(),
                        committed[tally.getPartition()]);
                tallies.add(tally);
            } else if (record.topic().equals(Topics.RESULTS.name())) {
                BallotResults sent = decode(record.value(), BallotResults.class);
                BallotResults before = newest.put(sent.getBallotId(), sent);
                if (before != null && !mergeWasLost) {
                    doNotGoBack("committed", before, sent);
                }
                results.add(sent);
            }
        }
    }

    /** Holds two results against each other, the second of which came later, or was shown later to the same reader. */
    static void doNotGoBack(String what, BallotResults before, BallotResults after) {
        boolean grown = after.getVersion() >= before.getVersion()
                && after.getRevision() >= before.getRevision()
                && after.getReceived() >= before.getReceived()
                && after.getAccepted() >= before.getAccepted()
                && after.getRetried() >= before.getRetried()
                && rejected(after) >= rejected(before)
                && after.getLate() >= before.getLate()
                && after.getAnnulled() >= before.getAnnulled()
                && (before.getStatus() != BallotStatus.FINAL || after.getStatus() == BallotStatus.FINAL);
        if (grown && after.getRevision() == before.getRevision() && before.getVotes() != null) {
            grown = after.getVotes() != null;
            for (int option = 0; grown && option < before.getVotes().size(); option++) {
                grown = after.getVotes().get(option) >= before.getVotes().get(option);
            }
        }
        for (int i = 0; grown && i < before.getPositions().size(); i++) {
            grown = after.getPositions().get(i).getNextOffset()
                    >= before.getPositions().get(i).getNextOffset();
        }
        LawBroken.unless(grown, "results go back that were %s: behind%n%s%n  came%n%s", what, before, after);
    }

    private static long rejected(BallotResults of) {
        return of.getRejected().stream().mapToLong(ReasonCount::getCount).sum();
    }

    void told(int partition, byte[] voter, String ballotId, long countedTo, ReceiptAsked receipt) {
        told.add(new Told(partition, voter, ballotId, countedTo, receipt));
    }

    /** Holds all that was committed against a replay of the log. The count has come to rest, so it has to be up to the log's end. */
    void check(Brokers brokers, List<BallotDefinition> ballots) {
        List<Recount> recounts = new ArrayList<>();
        for (int partition = 0; partition < votes.partitions(); partition++) {
            Recount recount = new Recount(partition, wanted(partition));
            recounts.add(recount);
            checkVerdicts(recount, brokers);
        }
        checkNothingElseIsDecided(brokers);
        tallies.forEach(tally -> checkTally(tally, recounts.get(tally.getPartition())));
        results.forEach(sent -> checkResults(sent, recounts));
        ballots.forEach(ballot -> checkEnd(ballot.ballot().id(), recounts));
        checkTurnout(brokers, recounts);
        told.forEach(asked -> checkTold(asked, recounts.get(asked.partition())));
    }

    /** The positions of a partition up to which something was counted, and the log's end. */
    private Set<Long> wanted(int partition) {
        Set<Long> positions = new TreeSet<>();
        positions.add(votes.written(partition));
        for (PartitionTally tally : tallies) {
            if (tally.getPartition() == partition) {
                positions.add(tally.getNextOffset());
            }
        }
        for (BallotResults sent : results) {
            for (CountedPosition position : sent.getPositions()) {
                if (position.getPartition() == partition) {
                    positions.add(position.getNextOffset());
                }
            }
        }
        return positions;
    }

    /** One ballot in one partition, up to a position. */
    private record Figures(long endOffset, long asOfMs, Tally tally) {}

    /** The votes of a ballot in a partition up to the end of a minute. */
    private record Turnout(long received, long accepted) {}

    /** A partition as the auditor decides and counts it. */
    private final class Recount {
        private final int partition;
        private final PartitionReplay replay;
        private final Map<Long, Map<String, Figures>> at = new HashMap<>();
        private final Map<Long, Long> unknown = new HashMap<>();
        private final Map<Long, Long> missing = new HashMap<>();
        private final Map<String, Long> accepted = new HashMap<>();
        private final Map<String, Long> annulled = new HashMap<>();
        private final Map<String, Turnout> turnout = new HashMap<>();
        private final Map<String, Turnout> turnoutNow = new HashMap<>();
        private final Map<String, List<Long>> quarters = new HashMap<>();

        Recount(int partition, Set<Long> wanted) {
            this.partition = partition;
            this.replay = new PartitionReplay(partition, Electorate.keys(), ballotId -> Long.MAX_VALUE, Map.of());
            Map<String, String> voters = new HashMap<>();
            long votesOnUnknown = 0;
            long taken = 0;
            note(0, 0, 0);
            for (ConsumerRecord<byte[], byte[]> record : votes.records(partition)) {
                replay.take(record);
                taken++;
                byte outcome = replay.outcomes().at(record.offset());
                if (RecordOutcome.isRejected(outcome) && RecordOutcome.reason(outcome) == Reason.UNKNOWN_BALLOT) {
                    votesOnUnknown++;
                } else if (RecordOutcome.isVerdict(outcome)) {
                    note(replay.ballot(decode(record.value(), VoteCast.class).getBallotId()), record.offset(), outcome);
                }
                if (outcome == RecordOutcome.ACCEPTED) {
                    VoteCast vote = decode(record.value(), VoteCast.class);
                    String voter = voter(record.key(), vote.getBallotId());
                    accepted.put(voter, record.offset());
                    voters.put(vote.getBallotId() + vote.getVoteId(), voter);
                }
                AnnulledVote takenOut = replay.annulledVote();
                if (takenOut != null) {
                    annulled.put(voters.get(takenOut.ballotId() + takenOut.voteId()), record.offset());
                    noteQuarter(replay.ballot(takenOut.ballotId()));
                }
                long next = record.offset() + 1;
                if (wanted.contains(next)) {
                    note(next, votesOnUnknown, next - taken);
                }
            }
        }

        private void note(PartitionBallot ballot, long offset, byte outcome) {
            if (offset < ballot.endOffset()) {
                String id = ballot.ballot().id();
                Turnout before = turnoutNow.getOrDefault(id, new Turnout(0, 0));
                long accepted = outcome == RecordOutcome.ACCEPTED ? 1 : 0;
                Turnout now = new Turnout(before.received() + 1, before.accepted() + accepted);
                turnoutNow.put(id, now);
                turnout.put(minute(id, partition, ballot.count().asOfMs()), now);
                noteQuarter(ballot);
            }
        }

        /** The votes of each option, as of the quarter of an hour of the ballot's newest vote. */
        private void noteQuarter(PartitionBallot ballot) {
            if (ballot.ballot().visibility() == Visibility.LIVE) {
                List<Long> votes = IntStream.range(0, ballot.ballot().optionCount())
                        .mapToObj(ballot.count()::votes)
                        .toList();
                quarters.put(
                        quarter(ballot.ballot().id(), partition, ballot.count().asOfMs()), votes);
            }
        }

        private void note(long next, long votesOnUnknown, long gaps) {
            Map<String, Figures> figures = new HashMap<>();
            for (PartitionBallot ballot : replay.ballots()) {
                figures.put(
                        ballot.ballot().id(),
                        new Figures(ballot.endOffset(), ballot.count().asOfMs(), Tally.of(List.of(ballot))));
            }
            at.put(next, figures);
            unknown.put(next, votesOnUnknown);
            missing.put(next, gaps);
        }

        Figures figures(String ballotId, long next) {
            Map<String, Figures> figures = at.get(next);
            LawBroken.unless(
                    figures != null, "partition %d was counted up to %d, behind which no record ends", partition, next);
            return figures.get(ballotId);
        }
    }

    private static String voter(byte[] key, String ballotId) {
        return ByteBuffer.wrap(key).getLong() + "/" + ballotId;
    }

    /** What was published on a record: a verdict, or a dead letter. */
    private record Published(Sent record, VoteDecided decided) {}

    private void checkVerdicts(Recount recount, Brokers brokers) {
        int partition = recount.partition;
        Map<Long, Published> published = new HashMap<>();
        Map<String, Long> counted = new HashMap<>();
        for (Sent decision : brokers.records(Topics.DECISIONS.name(), partition)) {
            VoteDecided decided = decode(decision.value(), VoteDecided.class);
            publishedOnce(published, decided.getVoteOffset(), new Published(decision, decided), partition);
            if (decided.getOutcome() == Outcome.ACCEPTED) {
                Long before =
                        counted.putIfAbsent(voter(decision.key(), decided.getBallotId()), decided.getVoteOffset());
                LawBroken.unless(
                        before == null || before == decided.getVoteOffset(),
                        "a voter counts twice on %s, by the votes at %s and %d of partition %d",
                        decided.getBallotId(),
                        before,
                        decided.getVoteOffset(),
                        partition);
            }
        }
        for (Sent letter : brokers.records(Topics.DEAD_LETTERS.name(), partition)) {
            publishedOnce(
                    published,
                    Long.parseLong(header(letter, DeadLetters.OFFSET)),
                    new Published(letter, null),
                    partition);
        }
        for (ConsumerRecord<byte[], byte[]> record : votes.records(partition)) {
            byte found = recount.replay.outcomes().at(record.offset());
            Published sent = published.remove(record.offset());
            String outcome = sent == null ? RecordOutcome.text(RecordOutcome.CONTROL) : outcome(record, sent);
            LawBroken.unless(
                    outcome.equals(RecordOutcome.text(found)),
                    "of the record at %d of partition %d the count says '%s', and the log '%s'",
                    record.offset(),
                    partition,
                    sent == null ? "nothing" : outcome,
                    RecordOutcome.text(found));
        }
        LawBroken.unless(
                published.isEmpty(),
                "verdicts are published on partition %d at %s, where no record is",
                partition,
                published.keySet());
    }

    private void publishedOnce(Map<Long, Published> published, long offset, Published now, int partition) {
        Published known = published.put(offset, now);
        if (known != null) {
            LawBroken.unless(
                    offsetsWereLost,
                    "two verdicts are published on the record at %d of partition %d",
                    offset,
                    partition);
            Sent before = known.record();
            Sent after = now.record();
            LawBroken.unless(
                    before.topic().equals(after.topic())
                            && Arrays.equals(before.key(), after.key())
                            && Arrays.equals(before.value(), after.value()),
                    "the verdict on the record at %d of partition %d has changed",
                    offset,
                    partition);
        }
    }

    /** The published outcome of a record in the auditor's words. */
    private static String outcome(ConsumerRecord<byte[], byte[]> record, Published published) {
        Sent sent = published.record();
        LawBroken.unless(
                Arrays.equals(record.key(), sent.key()),
                "what is published on the record at %d of partition %d has another key",
                record.offset(),
                record.partition());
        VoteDecided decided = published.decided();
        if (decided == null) {
            LawBroken.unless(
                    Integer.parseInt(header(sent, DeadLetters.PARTITION)) == record.partition(),
                    "a dead letter names another partition");
            return "no vote: " + header(sent, DeadLetters.CAUSE);
        }
        VoteCast vote = decode(record.value(), VoteCast.class);
        LawBroken.unless(
                decided.getVoteId().equals(vote.getVoteId())
                        && decided.getBallotId().equals(vote.getBallotId())
                        && decided.getRecordedAt().toEpochMilli() == record.timestamp(),
                "the verdict on the record at %d of partition %d is on another vote",
                record.offset(),
                record.partition());
        return RecordOutcome.text(RecordOutcome.published(decided.getOutcome(), decided.getReason()));
    }

    private static String header(Sent record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private void checkNothingElseIsDecided(Brokers brokers) {
        LawBroken.unless(
                brokers.records(Topics.DECISIONS.name(), votes.partitions()).isEmpty()
                        && brokers.records(Topics.DEAD_LETTERS.name(), votes.partitions())
                                .isEmpty(),
                "verdicts are published on a partition that votes has not");
    }

    private void checkTally(PartitionTally tally, Recount recount) {
        long next = tally.getNextOffset();
        Long gaps = recount.missing.get(next);
        LawBroken.unless(
                gaps != null && tally.getMissing() == gaps && tally.getReplaced() == 0,
                "the tally of %s in partition %d up to %d misses %d offsets and has %d replaced ones; the log misses %s",
                tally.getBallotId(),
                tally.getPartition(),
                next,
                tally.getMissing(),
                tally.getReplaced(),
                gaps);
        if (tally.getBallotId().isEmpty()) {
            long expected = recount.unknown.get(next);
            LawBroken.unless(
                    tally.getReceived() == expected && tally.getAccepted() == 0,
                    "in partition %d up to %d, %d votes are counted on unknown ballots, of %d",
                    tally.getPartition(),
                    next,
                    tally.getReceived(),
                    expected);
            return;
        }
        Figures figures = recount.figures(tally.getBallotId(), next);
        LawBroken.unless(
                figures != null, "there is a tally of %s before the ballot stands in the log", tally.getBallotId());
        boolean open = figures.endOffset() == PartitionBallot.OPEN;
        List<Long> byOption = List.copyOf(figures.tally().votes().values());
        Counts counted = new Counts(
                tally.getReceived(),
                tally.getAccepted(),
                tally.getRetried(),
                byReason(tally.getRejected()),
                tally.getAnnulled(),
                tally.getLate(),
                tally.getVotes());
        Counts expected =
                Counts.of(figures.tally(), tally.getBallotId().equals("hidden") && open ? List.of() : byOption);
        LawBroken.unless(
                counted.equals(expected)
                        && tally.getAsOf().toEpochMilli() == figures.asOfMs()
                        && (tally.getEndOffset() == null ? open : tally.getEndOffset() == figures.endOffset()),
                "the tally of %s in partition %d up to %d is%n  %s, as of %s, ended at %s; the recount says%n  %s, as of %d, ended at %d",
                tally.getBallotId(),
                tally.getPartition(),
                next,
                counted,
                tally.getAsOf().toEpochMilli(),
                tally.getEndOffset(),
                expected,
                figures.asOfMs(),
                figures.endOffset());
    }

    private void checkResults(BallotResults sent, List<Recount> recounts) {
        Tally sum = null;
        long version = 0;
        long asOfMs = Long.MIN_VALUE;
        long missing = 0;
        int ended = 0;
        Set<Integer> partitions = new HashSet<>();
        for (CountedPosition position : sent.getPositions()) {
            Recount recount = recounts.get(position.getPartition());
            Figures figures = recount.figures(sent.getBallotId(), position.getNextOffset());
            LawBroken.unless(figures != null, "results of %s count a partition without it", sent.getBallotId());
            partitions.add(position.getPartition());
            sum = sum == null ? figures.tally() : sum.plus(figures.tally());
            version += Math.min(position.getNextOffset(), figures.endOffset());
            asOfMs = Math.max(asOfMs, figures.asOfMs());
            missing += recount.missing.get(position.getNextOffset());
            ended += figures.endOffset() == PartitionBallot.OPEN ? 0 : 1;
        }
        LawBroken.unless(
                sum != null && partitions.size() == votes.partitions(),
                "results of %s are of partitions %s, of %d",
                sent.getBallotId(),
                partitions,
                votes.partitions());
        boolean over = ended == partitions.size();
        List<Long> byOption = sent.getBallotId().equals("hidden") && !over
                ? List.of()
                : List.copyOf(sum.votes().values());
        Counts counted = new Counts(
                sent.getReceived(),
                sent.getAccepted(),
                sent.getRetried(),
                byReason(sent.getRejected()),
                sent.getAnnulled(),
                sent.getLate(),
                sent.getVotes() == null ? List.of() : sent.getVotes());
        Counts expected = Counts.of(sum, byOption);
        LawBroken.unless(
                counted.equals(expected)
                        && sent.getVersion() == version
                        && sent.getRevision() == sum.annulled()
                        && sent.getMissing() == missing
                        && sent.getReplaced() == 0
                        && sent.getAsOf().toEpochMilli() == asOfMs
                        && (sent.getStatus() == BallotStatus.FINAL) == over
                        && (sent.getStatus() == BallotStatus.CLOSED) == (ended > 0 && !over),
                "results of %s are%n  %s, version %d, %s; the recount says%n  %s, version %d, of %d partitions %d ended%n  %s",
                sent.getBallotId(),
                counted,
                sent.getVersion(),
                sent.getStatus(),
                expected,
                version,
                partitions.size(),
                ended,
                sent);
    }

    /** What is counted of a ballot. */
    private record Counts(
            long received,
            long accepted,
            long retried,
            Map<RejectionReason, Long> rejected,
            long annulled,
            long late,
            List<Long> votes) {
        static Counts of(Tally tally, List<Long> byOption) {
            Map<RejectionReason, Long> rejected = new EnumMap<>(RejectionReason.class);
            tally.rejected().forEach((reason, count) -> rejected.put(Reasons.toWire(reason), count));
            return new Counts(
                    tally.received(),
                    tally.accepted(),
                    tally.retried(),
                    rejected,
                    tally.annulled(),
                    tally.late(),
                    byOption);
        }
    }

    private static Map<RejectionReason, Long> byReason(List<ReasonCount> reasons) {
        Map<RejectionReason, Long> rejected = new EnumMap<>(RejectionReason.class);
        reasons.forEach(reason -> rejected.put(reason.getReason(), reason.getCount()));
        return rejected;
    }

    /** The last results of a ballot that stands in all partitions count all that the log has of it; another ballot has none. */
    private void checkEnd(String ballotId, List<Recount> recounts) {
        boolean whole = true;
        for (Recount recount : recounts) {
            whole &= recount.replay.ballot(ballotId) != null;
        }
        BallotResults last = newest.get(ballotId);
        LawBroken.unless(
                whole == (last != null),
                "%s stands in %s partitions, and its results are %s",
                ballotId,
                whole ? "all" : "not all",
                last);
        if (last == null) {
            return;
        }
        for (CountedPosition position : last.getPositions()) {
            Recount recount = recounts.get(position.getPartition());
            long end = votes.written(position.getPartition());
            Figures counted = recount.figures(ballotId, position.getNextOffset());
            Figures all = recount.figures(ballotId, end);
            LawBroken.unless(
                    all.equals(counted)
                            && recount.missing.get(end).equals(recount.missing.get(position.getNextOffset())),
                    "the last results of %s count partition %d up to %d of %d: %s, of %s",
                    ballotId,
                    position.getPartition(),
                    position.getNextOffset(),
                    end,
                    counted,
                    all);
        }
    }

    /** How turnout grew, minute by minute, in the store that shows it. */
    private void checkTurnout(Brokers brokers, List<Recount> recounts) {
        TurnoutKeeper keeper = new TurnoutKeeper();
        for (int partition = 0; partition < votes.partitions(); partition++) {
            brokers.records(Topics.TURNOUT.name(), partition).forEach(keeper::process);
        }
        Map<String, Turnout> shown = new TreeMap<>();
        Map<String, List<Long>> shownQuarters = new TreeMap<>();
        for (PartitionTurnout hour : keeper.hours()) {
            for (QuarterVotes quarter : hour.getQuarters()) {
                shownQuarters.put(
                        quarter(
                                hour.getBallotId(),
                                hour.getPartition(),
                                hour.getHour().toEpochMilli() + quarter.getQuarter() * QUARTER_MS),
                        quarter.getVotes());
            }
            for (MinuteTurnout minute : hour.getMinutes()) {
                shown.put(
                        minute(
                                hour.getBallotId(),
                                hour.getPartition(),
                                hour.getHour().toEpochMilli() + minute.getMinute() * MINUTE_MS),
                        new Turnout(minute.getReceived(), minute.getAccepted()));
            }
        }
        Map<String, Turnout> expected = new TreeMap<>();
        recounts.forEach(recount -> expected.putAll(recount.turnout));
        LawBroken.unless(
                shown.equals(expected), "turnout grew as%n  %s%n  and the recount says%n  %s", shown, expected);
        Map<String, List<Long>> expectedQuarters = new TreeMap<>();
        recounts.forEach(recount -> expectedQuarters.putAll(recount.quarters));
        LawBroken.unless(
                shownQuarters.equals(expectedQuarters),
                "votes grew as%n  %s%n  and the recount says%n  %s",
                shownQuarters,
                expectedQuarters);
    }

    private static String quarter(String ballotId, int partition, long timeMs) {
        return ballotId + "/" + partition + " " + Instant.ofEpochMilli(timeMs - timeMs % QUARTER_MS);
    }

    private static String minute(String ballotId, int partition, long timeMs) {
        return ballotId + "/" + partition + " " + Instant.ofEpochMilli(timeMs - timeMs % MINUTE_MS);
    }

    private static void checkTold(Told asked, Recount recount) {
        if (!asked.receipt().known()) {
            return;
        }
        String voter = voter(asked.voter(), asked.ballotId());
        long accepted = recount.accepted.getOrDefault(voter, -1L);
        long annulled = recount.annulled.getOrDefault(voter, -1L);
        long acceptedSoFar = accepted < asked.countedTo() ? accepted : -1;
        long annulledSoFar = annulled < asked.countedTo() ? annulled : -1;
        LawBroken.unless(
                asked.receipt().acceptedAt() == acceptedSoFar && asked.receipt().annulledAt() == annulledSoFar,
                "of a voter on %s in partition %d, committed up to %d, it was told: accepted at %d, annulled at %d; the log says %d and %d",
                asked.ballotId(),
                asked.partition(),
                asked.countedTo(),
                asked.receipt().acceptedAt(),
                asked.receipt().annulledAt(),
                acceptedSoFar,
                annulledSoFar);
    }

    static <T extends SpecificRecord> T decode(byte[] value, Class<T> kind) {
        try {
            return Events.decode(value, kind);
        } catch (MalformedEventException e) {
            throw new LawBroken("what was sent is no %s: %s", kind.getSimpleName(), e);
        }
    }
}
