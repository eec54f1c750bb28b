// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.events.CountedPosition;
import io.votelog.events.PartitionTally;
import io.votelog.events.ReasonCount;
import io.votelog.events.RejectionReason;
import io.votelog.rules.Ballot;
import io.votelog.schemas.CloudEvent;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.registry.RegistryForm;
import io.votelog.streams.topology.rows.StoreNames;
import io.votelog.streams.topology.rows.TallyKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds up the tallies of each ballot's partitions. Of two snapshots of one partition, the one that covers more of the log is
 * kept. Results are sent only when the tallies of all partitions are there; a ballot whose partitions disagree about it keeps
 * the results that were sent before.
 */
final class MergeProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(MergeProcessor.class);
    private static final CloudEvent CLOUD_EVENT = new CloudEvent("BallotResults", "streams-app");

    private final EmitPace pace;
    private final Duration phase;

    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, byte[]> store;
    /** The newest results of every ballot, as far as this application has read them back. */
    private KeyValueStore<String, byte[]> published;

    private Map<String, Map<Integer, PartitionTally>> tallies;
    /**
     * Ids of the ballots whose results are to be sent. A restart sends those of all ballots, so losing this set loses nothing.
     */
    private Set<String> changed;

    private final Set<String> disagreeing = new HashSet<>();
    private Sensor disagreements;
    private EmitTimer timer;

    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else.
    MergeProcessor(EmitPace pace, Duration phase) {
        this.pace = pace;
        this.phase = phase;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        this.store = context.getStateStore(StoreNames.MERGED_TALLIES);
        this.published = context.getStateStore(StoreNames.RESULTS);
        this.tallies = new HashMap<>();
        try (KeyValueIterator<String, byte[]> rows = store.all()) {
            rows.forEachRemaining(row -> keep(decode(row.value)));
        }
        this.changed = new LinkedHashSet<>(tallies.keySet());
        this.disagreements = context.metrics()
                .addRateTotalSensor(
                        "merge", context.taskId().toString(), "disagreeing-ballots", Sensor.RecordingLevel.INFO);
        this.timer = new EmitTimer(context, pace, Duration.ZERO, phase, this::emit);
        if (!changed.isEmpty()) {
            timer.start();
        }
    }

    @Override
    public void process(Record<byte[], byte[]> input) {
        PartitionTally tally;
        try {
            tally = Events.decode(RegistryForm.toSingleObject(input.value(), input.headers()), PartitionTally.class);
        } catch (MalformedEventException e) {
            LOG.error("a record of tallies is left out: {}", e.getMessage());
            return;
        }
        if (!isOfABallot(tally)) {
            // Votes on unknown ballots have a tally but no results.
            return;
        }
        PartitionTally known =
                tallies.getOrDefault(tally.getBallotId(), Map.of()).get(tally.getPartition());
        if (known != null && known.getNextOffset() > tally.getNextOffset()) {
            return;
        }
        store.put(TallyKey.of(tally.getBallotId(), tally.getPartition()), Events.encode(tally));
        keep(tally);
        changed.add(tally.getBallotId());
        timer.start();
    }

    /**
     * Whether the snapshot has the bounds that a ballot's tally has. It is written back, to the store and to the results, so it
     * must be bounded.
     */
    private static boolean isOfABallot(PartitionTally tally) {
        return Ballot.isId(tally.getBallotId())
                && tally.getPartition() >= 0
                && tally.getPartition() < tally.getPartitionCount()
                && tally.getVotes().size() <= Ballot.MAX_OPTIONS
                && tally.getRejected().size() <= RejectionReason.values().length;
    }

    @Override
    public void close() {
        context.metrics().removeSensor(disagreements);
    }

    private void keep(PartitionTally tally) {
        tallies.computeIfAbsent(tally.getBallotId(), id -> new TreeMap<>()).put(tally.getPartition(), tally);
    }

    private void emit(long nowMs) {
        for (String ballotId : changed) {
            Map<Integer, PartitionTally> partitions = tallies.get(ballotId);
            if (partitions != null && isWhole(ballotId, partitions)) {
                BallotResults results = merge(ballotId, List.copyOf(partitions.values()));
                if (goesBack(results)) {
                    continue;
                }
                context.forward(new Record<>(
                        ballotId.getBytes(StandardCharsets.UTF_8),
                        Events.encode(results),
                        nowMs,
                        CLOUD_EVENT.headers("%s@%d".formatted(ballotId, results.getVersion()))));
            }
        }
        changed.clear();
    }

    /** Whether the tallies of all partitions are there, and all count one and the same ballot. */
    private boolean isWhole(String ballotId, Map<Integer, PartitionTally> partitions) {
        PartitionTally first = partitions.values().iterator().next();
        boolean agree = partitions.values().stream().allMatch(tally -> isOfOneBallot(first, tally));
        if (!agree && disagreeing.add(ballotId)) {
            disagreements.record();
            LOG.error(
                    "the partitions of votes disagree on what ballot {} is: its results stay as they are. Auditors"
                            + " find out which definition stands where",
                    ballotId);
        }
        return agree && partitions.size() == first.getPartitionCount();
    }

    private static boolean isOfOneBallot(PartitionTally one, PartitionTally other) {
        return one.getDigest().equals(other.getDigest())
                && one.getPartitionCount() == other.getPartitionCount()
                && one.getHiddenUntilFinal() == other.getHiddenUntilFinal()
                && (hidesVotes(one)
                        || hidesVotes(other)
                        || one.getVotes().size() == other.getVotes().size());
    }

    private static boolean hidesVotes(PartitionTally tally) {
        return tally.getHiddenUntilFinal() && !ResultsStatus.hasEnded(tally);
    }

    /**
     * Whether these results are older than those that were published. That happens while a new store of merged tallies is
     * filled from the topic.
     */
    private boolean goesBack(BallotResults results) {
        try {
            return ResultsStoreProcessor.goesBack(results, published.get(results.getBallotId()));
        } catch (MalformedEventException e) {
            throw new IllegalStateException(
                    "the store of results has no results of ballot %s".formatted(results.getBallotId()), e);
        }
    }

    /** The sum over all partitions of a ballot. */
    static BallotResults merge(String ballotId, List<PartitionTally> tallies) {
        PartitionTally first = tallies.get(0);
        Instant asOf = tallies.stream()
                .map(PartitionTally::getAsOf)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        BallotStatus status = ResultsStatus.of(tallies, asOf);
        long annulled = tallies.stream().mapToLong(PartitionTally::getAnnulled).sum();
        List<Long> votes = first.getHiddenUntilFinal() && status != BallotStatus.FINAL ? null : sumOfVotes(tallies);
        return new BallotResults(
                ballotId,
                first.getDigest(),
                status,
                tallies.stream().mapToLong(MergeProcessor::countedTo).sum(),
                // The revision is the number of annulments that took effect.
                annulled,
                asOf,
                tallies.stream().mapToLong(PartitionTally::getReceived).sum(),
                tallies.stream().mapToLong(PartitionTally::getAccepted).sum(),
                tallies.stream().mapToLong(PartitionTally::getRetried).sum(),
                sumOfRejected(tallies),
                annulled,
                tallies.stream().mapToLong(PartitionTally::getLate).sum(),
                tallies.stream().mapToLong(PartitionTally::getMissing).sum(),
                tallies.stream().mapToLong(PartitionTally::getReplaced).sum(),
                votes,
                tallies.stream()
                        .map(tally ->
                                new CountedPosition(tally.getPartition(), tally.getNextOffset(), tally.getEndOffset()))
                        .toList());
    }

    private static long countedTo(PartitionTally tally) {
        Long end = tally.getEndOffset();
        return end == null ? tally.getNextOffset() : Math.min(end, tally.getNextOffset());
    }

    private static List<Long> sumOfVotes(List<PartitionTally> tallies) {
        List<Long> sum = new ArrayList<>(tallies.get(0).getVotes());
        for (PartitionTally tally : tallies.subList(1, tallies.size())) {
            for (int option = 0; option < sum.size(); option++) {
                sum.set(option, sum.get(option) + tally.getVotes().get(option));
            }
        }
        return sum;
    }

    private static List<ReasonCount> sumOfRejected(List<PartitionTally> tallies) {
        Map<RejectionReason, Long> sum = new EnumMap<>(RejectionReason.class);
        for (PartitionTally tally : tallies) {
            for (ReasonCount rejected : tally.getRejected()) {
                sum.merge(rejected.getReason(), rejected.getCount(), Long::sum);
            }
        }
        return sum.entrySet().stream()
                .map(entry -> new ReasonCount(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static PartitionTally decode(byte @Nullable [] bytes) {
        try {
            return Events.decode(bytes, PartitionTally.class);
        } catch (MalformedEventException e) {
            throw new IllegalStateException("a row of merged tallies does not hold what was put there", e);
        }
    }
}
