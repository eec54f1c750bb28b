package io.votelog.streams.topology;

import io.votelog.schemas.CloudEvent;
import io.votelog.schemas.Events;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts one partition. A record below the next expected offset was counted already and is not counted again, whatever
 * became of the consumer group's offsets. Snapshots are absolute, so it does no harm to send one twice.
 */
final class TallyProcessor implements Processor<byte[], LogStep, byte[], byte[]> {
    /** How often a ballot that changed is sent on. */
    static final Duration EMIT_EVERY = Duration.ofMillis(100);

    private static final Logger LOG = LoggerFactory.getLogger(TallyProcessor.class);
    private static final CloudEvent CLOUD_EVENT = new CloudEvent("PartitionTally", "streams-app");
    private static final String POSITION_KEY = PartitionPosition.KEY;

    private final LogEnd logEnd;

    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, byte[]> store;
    private PartitionPosition position;
    private Map<String, PollTally> tallies;
    /** Ballots to send on. A restart sends all, so it may be forgotten. */
    private Set<String> changed;
    /** Runs while there is something to send on: a timer that fires without need would commit without need. */
    private @Nullable Cancellable timer;

    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else.
    TallyProcessor(LogEnd logEnd) {
        this.logEnd = logEnd;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        this.store = context.getStateStore(StoreNames.PARTITION_TALLIES);
        this.position = PartitionPosition.decode(store.get(POSITION_KEY));
        this.tallies = new HashMap<>();
        PollTally.readAll(store).forEach(tally -> tallies.put(tally.ballotId(), tally));
        this.changed = new LinkedHashSet<>(tallies.keySet());
        int partition = context.taskId().partition();
        long end = logEnd.of(partition);
        if (end < position.nextOffset()) {
            throw new LogTruncatedException(partition, position.nextOffset(), end);
        }
        this.timer = null;
        if (!changed.isEmpty()) {
            emitSoon();
        }
    }

    @Override
    public void process(Record<byte[], LogStep> input) {
        LogStep step = input.value();
        if (step.offset() < position.nextOffset()) {
            return;
        }
        if (step.offset() > position.nextOffset()) {
            LOG.error(
                    "partition {} of votes has a gap: offset {} was expected, {} came. The count goes on; the log is not"
                            + " whole",
                    context.taskId().partition(),
                    position.nextOffset(),
                    step.offset());
            tallies.keySet().forEach(this::changed);
        }
        position = position.after(step.offset());
        store.put(POSITION_KEY, position.encode());
        for (PollRow ended : step.ended()) {
            PollTally tally = tallyOf(ended);
            tally.end(step.offset());
            changed(tally.ballotId());
        }
        PollRow opened = step.opened();
        if (opened != null) {
            PollTally tally = PollTally.open(store, opened, step.recordedAtMs());
            tallies.put(tally.ballotId(), tally);
            changed(tally.ballotId());
        }
        LogStep.JudgedVote vote = step.vote();
        if (vote != null) {
            PollRow poll = vote.poll();
            PollTally tally = poll == null
                    ? tallies.computeIfAbsent(PollTally.UNKNOWN, id -> PollTally.ofUnknownBallots(store))
                    : tallyOf(poll);
            tally.count(vote, step.offset(), step.recordedAtMs());
            changed(tally.ballotId());
        }
    }

    private void changed(String ballotId) {
        changed.add(ballotId);
        emitSoon();
    }

    private void emitSoon() {
        if (timer == null) {
            timer = context.schedule(EMIT_EVERY, PunctuationType.WALL_CLOCK_TIME, this::emit);
        }
    }

    private PollTally tallyOf(PollRow poll) {
        String ballotId = poll.definition().ballot().id();
        PollTally tally = tallies.get(ballotId);
        if (tally == null) {
            throw new IllegalStateException("ballot %s has a definition but no tally".formatted(ballotId));
        }
        return tally;
    }

    private void emit(long nowMs) {
        int partition = context.taskId().partition();
        for (String ballotId : changed) {
            PollTally tally = tallies.get(ballotId);
            if (tally != null) {
                byte[] key = TallyKey.of(ballotId, partition).getBytes(StandardCharsets.UTF_8);
                String id = "%s@%d".formatted(TallyKey.of(ballotId, partition), position.nextOffset());
                byte[] value = Events.encode(tally.snapshot(partition, position));
                context.forward(new Record<>(key, value, nowMs, CLOUD_EVENT.headers(id)));
            }
        }
        changed.clear();
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
