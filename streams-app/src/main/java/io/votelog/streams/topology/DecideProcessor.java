// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.Outcome;
import io.votelog.events.RejectionReason;
import io.votelog.events.VoteCast;
import io.votelog.events.VoteDecided;
import io.votelog.rules.Verdict;
import io.votelog.schemas.CloudEvent;
import io.votelog.schemas.DeadLetters;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.Reasons;
import io.votelog.schemas.registry.RegistryForm;
import io.votelog.streams.topology.Judge.Judgement;
import io.votelog.streams.topology.LogStep.JudgedVote;
import io.votelog.streams.topology.rows.PartitionPosition;
import io.votelog.streams.topology.rows.StoreNames;
import io.votelog.streams.topology.voters.LogTruncatedException;
import io.votelog.streams.topology.voters.OpenStores;
import io.votelog.streams.topology.voters.VotersStore;
import io.votelog.streams.topology.voters.VotesTopic;
import java.time.Instant;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.errors.TaskCorruptedException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the log's bytes, has every record judged, and sends the verdicts, the dead letters, and to the tally what is to be counted. */
final class DecideProcessor implements Processor<byte[], byte[], byte[], Object> {
    private static final Logger LOG = LoggerFactory.getLogger(DecideProcessor.class);
    private static final CloudEvent CLOUD_EVENT = new CloudEvent("VoteDecided", "streams-app");
    private static final byte[] NO_KEY = {};
    private static final int MAX_RESTORES = 10;

    private final LogKeys keys;
    private final VotesTopic votes;
    private final VerdictListener listener;

    private ProcessorContext<byte[], Object> context;
    private VotersStore voters;
    private Judge judge;
    /** The next offset to be counted, as of the start. */
    private long counted;

    private boolean begun;
    /** How many restores in a row have ended too soon. Kafka Streams keeps the processor when it restores again. */
    private int restores;

    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else.
    DecideProcessor(LogKeys keys, VotesTopic votes, VerdictListener listener) {
        this.keys = keys;
        this.votes = votes;
        this.listener = listener;
    }

    /**
     * The store that this processor writes. The records that it is restored from are judged as those that are processed, but nothing is
     * sent for them.
     */
    static VotersStore voters(LogKeys keys, VotesTopic votes, OpenStores openStores) {
        return new VotersStore(StoreNames.VOTERS, votes, openStores, store -> {
            Judge judge = new Judge(keys, store.partition(), store);
            return vote -> judge.judge(
                    vote.key(),
                    RegistryForm.toSingleObject(vote.value(), vote.headers()),
                    vote.offset(),
                    BrokerTime.of(vote));
        });
    }

    @Override
    public void init(ProcessorContext<byte[], Object> context) {
        this.context = context;
        KeyValueStore<String, byte[]> tallies = context.getStateStore(StoreNames.PARTITION_TALLIES);
        this.voters = context.getStateStore(StoreNames.VOTERS);
        this.counted =
                PartitionPosition.decode(tallies.get(PartitionPosition.KEY)).nextOffset();
        int partition = context.taskId().partition();
        if (voters.openedAt() < counted) {
            long logStart = votes.startOffset(partition);
            if (logStart > voters.openedAt()) {
                throw LogTruncatedException.beginsAt(partition, voters.openedAt(), counted, logStart);
            }
        }
        voters.countedTo(counted);
        this.judge = new Judge(keys, partition, voters);
        this.begun = false;
    }

    @Override
    public void process(Record<byte[], byte[]> input) {
        RecordMetadata at = context.recordMetadata()
                .orElseThrow(() -> new IllegalStateException("a record of the log has no position"));
        if (!begun) {
            begin(at.offset());
        }
        // The record is turned here and not by a deserializer, since a dead letter has it as it came.
        byte @Nullable [] value = RegistryForm.toSingleObject(input.value(), input.headers());
        Judgement judgement = judge.judge(input.key(), value, at.offset(), input.timestamp());
        LogStep step = judgement.step();
        if (judgement.poison() != null) {
            bury(input, at, judgement.poison());
        } else if (judgement.vote() != null && step.effect() instanceof JudgedVote judged) {
            publish(input, at, judgement.vote(), judged.verdict());
        }
        context.forward(new Record<>(NO_KEY, step, input.timestamp()), StoreNames.TALLY);
    }

    /**
     * Begins with the record at this offset. Where repeated restores find no records between the restored ones and this one, the count
     * goes on without them.
     *
     * @throws TaskCorruptedException when the voters lack votes before it. Kafka Streams then restores them again. A restore ends at
     *     what the group has committed, so it ends too soon when brokers say for a moment that this is nothing
     */
    private void begin(long offset) {
        if (!voters.goOnAt(offset, counted)) {
            if (restores < MAX_RESTORES) {
                restores++;
                LOG.warn(
                        "partition {} of votes goes on at offset {}, and its voters are restored up to {} alone: they are restored again",
                        context.taskId().partition(),
                        offset,
                        voters.nextOffset());
                throw new TaskCorruptedException(Set.of(context.taskId()));
            }
            LOG.error(
                    "partition {} of votes goes on at offset {}, and {} restores have found nothing behind offset {}: the count goes on",
                    context.taskId().partition(),
                    offset,
                    restores,
                    voters.nextOffset());
        }
        restores = 0;
        begun = true;
    }

    private void publish(Record<byte[], byte[]> input, RecordMetadata at, VoteCast vote, Verdict verdict) {
        Outcome outcome;
        RejectionReason reason = null;
        if (verdict instanceof Verdict.Accepted) {
            outcome = Outcome.ACCEPTED;
        } else if (verdict instanceof Verdict.Retried) {
            outcome = Outcome.RETRIED;
        } else if (verdict instanceof Verdict.Rejected rejected) {
            outcome = Outcome.REJECTED;
            reason = Reasons.toWire(rejected.reason());
        } else {
            throw new IllegalStateException("no outcome stands for the verdict " + verdict);
        }
        byte[] value = Events.encode(new VoteDecided(
                vote.getVoteId(),
                vote.getBallotId(),
                outcome,
                reason,
                at.offset(),
                Instant.ofEpochMilli(input.timestamp())));
        Headers headers = CLOUD_EVENT.headers(at.partition() + "/" + at.offset());
        listener.decided(input.headers(), headers, at, outcome, reason);
        context.forward(
                new Record<>(input.key(), new PartitionedValue(at.partition(), value), input.timestamp(), headers),
                StoreNames.SINK_DECISIONS);
    }

    private void bury(Record<byte[], byte[]> input, RecordMetadata at, PoisonException poison) {
        listener.buried(poison.reason());
        DeadLetters.Letter letter = DeadLetters.of(
                input.key(),
                input.value(),
                at.partition(),
                at.offset(),
                input.timestamp(),
                poison.reason(),
                poison.detail());
        RegistryForm.headerOf(input.value(), input.headers()).ifPresent(letter.headers()::add);
        context.forward(
                new Record<>(
                        letter.key(),
                        new PartitionedValue(at.partition(), letter.value()),
                        input.timestamp(),
                        letter.headers()),
                StoreNames.SINK_DEAD_LETTERS);
    }
}
