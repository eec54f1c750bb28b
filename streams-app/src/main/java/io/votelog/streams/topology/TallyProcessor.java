// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.PartitionTurnout;
import io.votelog.schemas.CloudEvent;
import io.votelog.schemas.Events;
import io.votelog.streams.topology.rows.BallotRow;
import io.votelog.streams.topology.rows.PartitionPosition;
import io.votelog.streams.topology.rows.StoreNames;
import io.votelog.streams.topology.rows.TallyKey;
import io.votelog.streams.topology.voters.LogTruncatedException;
import io.votelog.streams.topology.voters.VotesTopic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts one partition of votes. A record below the next expected offset was counted before and is not counted again, whatever
 * became of the consumer group's offsets (law 9). Snapshots are absolute, so a snapshot that is sent twice does no harm.
 *
 * <p>Position and counts are kept in memory and put into the store at each commit, so the store has them as of the last commit.
 *
 * <p>The turnout of an hour that is over is sent while the record that ends the hour is processed, since from then on the store
 * holds the next hour. The turnout of the running hour is sent once a second.
 */
final class TallyProcessor implements Processor<byte[], LogStep, byte[], byte[]> {
    /** The interval at which the running hour of ballots with new turnout is sent. */
    static final Duration EMIT_TURNOUT_EVERY = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(TallyProcessor.class);
    private static final CloudEvent TALLY_EVENT = new CloudEvent("PartitionTally", "streams-app");
    private static final CloudEvent TURNOUT_EVENT = new CloudEvent("PartitionTurnout", "streams-app");
    private static final String POSITION_KEY = PartitionPosition.KEY;

    private final VotesTopic votesTopic;
    private final EmitPace pace;

    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, byte[]> store;
    private PartitionPosition position;
    private long gaps;
    /** Whether the position in the store lacks the topic's id, which is known by now. */
    private boolean topicIdUnstored;

    private boolean inAnotherTopic;
    private Map<String, BallotTally> tallies;
    private boolean positionUnwritten;
    /**
     * Ids of the ballots whose tallies are to be sent. A restart sends those of all ballots, so losing this set loses nothing.
     */
    private Set<String> changed;
    /** Ids of the ballots whose turnout is to be sent; losing this set loses nothing either. */
    private Set<String> grownTurnouts;

    private EmitTimer timer;
    private EmitTimer turnoutTimer;

    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else.
    TallyProcessor(VotesTopic votesTopic, EmitPace pace) {
        this.votesTopic = votesTopic;
        this.pace = pace;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        this.store = context.getStateStore(StoreNames.PARTITION_TALLIES);
        this.position = PartitionPosition.decode(store.get(POSITION_KEY));
        this.tallies = new HashMap<>();
        BallotTally.readAll(store).forEach(tally -> tallies.put(tally.ballotId(), tally));
        this.changed = new LinkedHashSet<>(tallies.keySet());
        this.grownTurnouts = new LinkedHashSet<>(tallies.keySet());
        CommitHook commits = context.getStateStore(StoreNames.TALLY_COMMITS);
        commits.onCommit(this::write);
        int partition = context.taskId().partition();
        checkLog(partition);
        this.timer = new EmitTimer(context, pace, Duration.ZERO, Duration.ZERO, this::emit);
        this.turnoutTimer = new EmitTimer(context, pace, EMIT_TURNOUT_EVERY, Duration.ZERO, this::emitTurnout);
        if (!changed.isEmpty() || topicIdUnstored) {
            timer.start();
        }
    }

    /**
     * Checks that this is the log from which the stores were made. The topic's id is taken into the position when it was not
     * known before.
     *
     * @throws LogTruncatedException when the log ends before the position, or is another topic
     */
    private void checkLog(int partition) {
        long end = votesTopic.endOffset(partition);
        if (end < position.nextOffset()) {
            throw LogTruncatedException.endsAt(partition, position.nextOffset(), end);
        }
        Uuid topic = votesTopic.id();
        Uuid counted = position.topicId();
        if (topic == null) {
            return;
        }
        if (counted != null && !counted.equals(topic)) {
            throw LogTruncatedException.anotherTopic(partition, position.nextOffset(), counted, topic);
        }
        topicIdUnstored = counted == null;
        position = position.in(topic);
    }

    @Override
    public void process(Record<byte[], LogStep> input) {
        LogStep step = input.value();
        noticeAnotherTopic();
        if (step.offset() < position.nextOffset()) {
            if (step.fresh() || position.isOlderThan(step.offset(), step.recordedAtMs())) {
                handleReplaced(step);
            }
            return;
        }
        if (step.offset() > position.nextOffset()) {
            gaps++;
            if (isLogged(gaps)) {
                LOG.error(
                        "partition {} of votes has a gap, the {}. since the start: offset {} was expected, {} came."
                                + " The count goes on; the log is not whole",
                        context.taskId().partition(),
                        gaps,
                        position.nextOffset(),
                        step.offset());
            }
            tallies.keySet().forEach(this::changed);
        }
        position = position.after(step.offset(), step.recordedAtMs());
        positionUnwritten = true;
        for (BallotRow ended : step.ended()) {
            BallotTally tally = tallyOf(ended);
            tally.end(step.offset());
            sendTurnout(tally, step.recordedAtMs());
            changed(tally.ballotId());
        }
        LogStep.Effect effect = step.effect();
        if (effect instanceof LogStep.Opened opened) {
            BallotTally tally = BallotTally.open(store, opened.row(), step.recordedAtMs());
            tallies.put(tally.ballotId(), tally);
            changed(tally.ballotId());
        } else if (effect instanceof LogStep.JudgedVote vote) {
            BallotRow row = vote.row();
            BallotTally tally = row == null
                    ? tallies.computeIfAbsent(BallotTally.UNKNOWN, id -> BallotTally.ofUnknownBallots(store))
                    : tallyOf(row);
            if (tally.endsHour(step.offset(), step.recordedAtMs())) {
                sendTurnout(tally, step.recordedAtMs());
            }
            tally.count(vote, step.offset(), step.recordedAtMs());
            changed(tally.ballotId());
        } else if (effect instanceof LogStep.Annulled annulled) {
            BallotTally tally = tallyOf(annulled.row());
            tally.annul(annulled.picks());
            changed(tally.ballotId());
            // Behind the end too: the votes of its newest quarter are fewer now.
            turnoutChanged(tally.ballotId());
        } else if (effect != null) {
            throw new IllegalStateException("nothing is counted for " + effect);
        }
    }

    /**
     * Handles a record that took the place of one that was counted. It is decided, since it is what the log says now, but not
     * counted. A ballot that it opens is opened with zeros, and one that it ends is ended where the count is, so that no later
     * vote meets a ballot without counts, or one that others know to be over.
     */
    private void handleReplaced(LogStep step) {
        PartitionPosition before = position;
        position = position.withReplaced(step.offset());
        if (step.effect() instanceof LogStep.Opened opened
                && !tallies.containsKey(opened.row().definition().ballot().id())) {
            BallotTally tally = BallotTally.open(store, opened.row(), step.recordedAtMs());
            tallies.put(tally.ballotId(), tally);
        }
        for (BallotRow ended : step.ended()) {
            BallotTally tally = tallyOf(ended);
            tally.end(position.nextOffset());
            turnoutChanged(tally.ballotId());
        }
        if (position.equals(before)) {
            return;
        }
        positionUnwritten = true;
        if (isLogged(position.replaced())) {
            LOG.error(
                    "partition {} of votes was counted up to offset {}, and the record at offset {} below there was"
                            + " not: the log was cut and written anew. It is not counted. Records like it so far: {}",
                    context.taskId().partition(),
                    position.nextOffset(),
                    step.offset(),
                    position.replaced());
        }
        tallies.keySet().forEach(this::changed);
    }

    /**
     * Notices that the topic was deleted and made anew while the count ran. Offsets cannot show it: the new topic may be longer
     * than the old one was when its first record is read.
     */
    private void noticeAnotherTopic() {
        Uuid noticed = votesTopic.lastSeenId();
        Uuid counted = position.topicId();
        if (inAnotherTopic || noticed == null || counted == null || noticed.equals(counted)) {
            return;
        }
        inAnotherTopic = true;
        position = position.withAllReplaced();
        positionUnwritten = true;
        LOG.error(
                "votes is another topic than the one of which {} offsets of partition {} are counted: it was deleted"
                        + " and made anew. What comes is counted from there on; a restart stops",
                position.nextOffset(),
                context.taskId().partition());
        tallies.keySet().forEach(this::changed);
    }

    /**
     * Whether the fault of this number is logged: the 1st, 2nd, 4th, 8th and so on. A log that is full of faults must not fill
     * the disk.
     */
    private static boolean isLogged(long time) {
        return Long.bitCount(time) == 1;
    }

    /** Puts into the store what has changed since the last commit; the next one takes it along. */
    private void write() {
        if (positionUnwritten) {
            store.put(POSITION_KEY, position.encode());
            positionUnwritten = false;
        }
        tallies.values().forEach(BallotTally::write);
    }

    private void changed(String ballotId) {
        changed.add(ballotId);
        timer.start();
    }

    private void turnoutChanged(String ballotId) {
        grownTurnouts.add(ballotId);
        turnoutTimer.start();
    }

    private BallotTally tallyOf(BallotRow row) {
        String ballotId = row.definition().ballot().id();
        BallotTally tally = tallies.get(ballotId);
        if (tally == null) {
            throw new IllegalStateException("ballot %s has a definition but no tally".formatted(ballotId));
        }
        return tally;
    }

    private void emit(long nowMs) {
        if (topicIdUnstored) {
            positionUnwritten = true;
            topicIdUnstored = false;
        }
        int partition = context.taskId().partition();
        for (String ballotId : changed) {
            BallotTally tally = tallies.get(ballotId);
            if (tally != null) {
                send(
                        StoreNames.SINK_TALLIES,
                        TallyKey.of(ballotId, partition),
                        tally.snapshot(partition, position),
                        TALLY_EVENT,
                        nowMs);
                if (tally.isOpen()) {
                    grownTurnouts.add(ballotId);
                }
            }
        }
        changed.clear();
        if (!grownTurnouts.isEmpty()) {
            turnoutTimer.start();
        }
    }

    private void emitTurnout(long nowMs) {
        for (String ballotId : grownTurnouts) {
            BallotTally tally = tallies.get(ballotId);
            if (tally != null) {
                sendTurnout(tally, nowMs);
            }
        }
        grownTurnouts.clear();
    }

    private void sendTurnout(BallotTally tally, long timestampMs) {
        if (tally.hasTurnout()) {
            PartitionTurnout turnout = tally.turnout(context.taskId().partition(), position);
            send(StoreNames.SINK_TURNOUT, TallyKey.of(turnout), turnout, TURNOUT_EVENT, timestampMs);
        }
    }

    private void send(String sink, String key, SpecificRecord event, CloudEvent cloudEvent, long timestampMs) {
        context.forward(
                new Record<>(
                        key.getBytes(StandardCharsets.UTF_8),
                        Events.encode(event),
                        timestampMs,
                        cloudEvent.headers("%s@%d".formatted(key, position.nextOffset()))),
                sink);
    }
}
