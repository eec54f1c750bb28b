// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.count;

import io.votelog.events.BallotPublished;
import io.votelog.events.Outcome;
import io.votelog.events.RejectionReason;
import io.votelog.events.VoteCast;
import io.votelog.events.VoteDecided;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.CloudEvent;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * The count as a book on Kafka Streams would write it: a store of who has voted, a stream of picks, grouped by option and counted. It
 * writes the same verdicts as the topology that it is compared with, where votes keep the rules, and its counts by option. It obeys whoever publishes a ballot,
 * knows neither closing nor annulling, and keeps ballots in memory alone.
 */
final class Textbook {
    static final String DECISIONS = "bench.textbook-decisions";
    static final String COUNTS = "bench.textbook-counts";

    private static final String VOTERS = "voters";
    private static final CloudEvent VOTE_DECIDED = new CloudEvent("VoteDecided", "streams-app");

    private Textbook() {}

    /** A vote and what became of it. */
    record Judged(UUID voteId, String ballotId, List<String> choices, Outcome outcome, long offset, long timeMs) {
        byte[] verdict() {
            return Events.encode(new VoteDecided(
                    voteId,
                    ballotId,
                    outcome,
                    outcome == Outcome.REJECTED ? RejectionReason.ALREADY_VOTED : null,
                    offset,
                    Instant.ofEpochMilli(timeMs)));
        }
    }

    static Topology topology() {
        StreamsBuilder builder = new StreamsBuilder();
        StoreBuilder<KeyValueStore<Bytes, byte[]>> voters = Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(VOTERS), Serdes.Bytes(), Serdes.ByteArray())
                .withCachingEnabled();
        builder.addStateStore(voters);
        KStream<byte[], Judged> judged =
                builder.<byte[], byte[]>stream(Topics.VOTES.name()).processValues(Judge::new, VOTERS);
        judged.mapValues(Judged::verdict).to(DECISIONS);
        judged.filter((voter, vote) -> vote.outcome() == Outcome.ACCEPTED)
                .flatMap((voter, vote) -> vote.choices().stream()
                        .map(option -> KeyValue.pair(vote.ballotId() + "/" + option, 1L))
                        .toList())
                .groupByKey(Grouped.with(Serdes.String(), Serdes.Long()))
                .count(Materialized.as("counts"))
                .toStream()
                .to(COUNTS, Produced.with(Serdes.String(), Serdes.Long()));
        return builder.build();
    }

    private static final class Judge implements FixedKeyProcessor<byte[], byte[], Judged> {
        private final Map<String, Ballot> ballots = new HashMap<>();

        private FixedKeyProcessorContext<byte[], Judged> context;
        private KeyValueStore<Bytes, byte[]> voters;

        @SuppressWarnings("NullAway.Init") // Streams calls init before anything else.
        private Judge() {}

        @Override
        public void init(FixedKeyProcessorContext<byte[], Judged> context) {
            this.context = context;
            this.voters = context.getStateStore(VOTERS);
        }

        @Override
        public void process(FixedKeyRecord<byte[], byte[]> input) {
            try {
                Object event = Events.decode(input.value()).event();
                if (event instanceof BallotPublished published) {
                    ballots.put(
                            published.getBallotId(),
                            BallotDefinition.parse(published).ballot());
                } else if (event instanceof VoteCast vote) {
                    judge(input, vote);
                }
            } catch (MalformedEventException e) {
                throw new IllegalStateException(e);
            }
        }

        private void judge(FixedKeyRecord<byte[], byte[]> input, VoteCast vote) {
            RecordMetadata at = context.recordMetadata().orElseThrow();
            Outcome outcome = outcome(input.key(), vote);
            Judged judged = new Judged(
                    vote.getVoteId(), vote.getBallotId(), vote.getChoices(), outcome, at.offset(), input.timestamp());
            context.forward(
                    input.withValue(judged).withHeaders(VOTE_DECIDED.headers(at.partition() + "/" + at.offset())));
        }

        private Outcome outcome(byte[] voter, VoteCast vote) {
            Ballot ballot = ballots.get(vote.getBallotId());
            if (ballot == null || !ballot.check(vote.getChoices()).wellFormed()) {
                return Outcome.REJECTED;
            }
            byte[] ballotId = vote.getBallotId().getBytes(StandardCharsets.US_ASCII);
            Bytes key = Bytes.wrap(ByteBuffer.allocate(ballotId.length + voter.length)
                    .put(ballotId)
                    .put(voter)
                    .array());
            byte @Nullable [] first = voters.get(key);
            if (first == null) {
                UUID id = vote.getVoteId();
                voters.put(
                        key,
                        ByteBuffer.allocate(16)
                                .putLong(id.getMostSignificantBits())
                                .putLong(id.getLeastSignificantBits())
                                .array());
                return Outcome.ACCEPTED;
            }
            ByteBuffer id = ByteBuffer.wrap(first);
            return new UUID(id.getLong(), id.getLong()).equals(vote.getVoteId()) ? Outcome.RETRIED : Outcome.REJECTED;
        }
    }
}
