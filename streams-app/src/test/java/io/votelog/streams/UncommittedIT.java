// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.BallotResults;
import io.votelog.events.CountedPosition;
import io.votelog.events.PartitionTally;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.TopicReader;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.Events;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An instance dies with counts under way that were never committed, and that no log explains. Nobody is shown them. */
@WithKafka(freshTopics = true)
final class UncommittedIT {
    private static final long MORE = 1_000;

    @Test
    void shouldShowNothingOfATransactionThatWasAborted(KafkaBroker broker, @TempDir Path state) throws Exception {
        try (LogWriter log = new LogWriter(broker.bootstrapServers());
                RunningApp app = RunningApp.start(broker.bootstrapServers(), "uncommitted-it", state);
                KafkaProducer<byte[], byte[]> dying = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "dying"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            log.publishOpen("aborted");
            log.vote("aborted", "a1", "b1");
            ResultsIT.awaitReceived(app, "aborted", 1);

            dying.initTransactions();
            dying.beginTransaction();
            ConsumerRecord<byte[], byte[]> tally = newest(broker, Topics.TALLIES);
            PartitionTally counted = Events.decode(tally.value(), PartitionTally.class);
            send(
                    dying,
                    tally,
                    Events.encode(PartitionTally.newBuilder(counted)
                            .setNextOffset(counted.getNextOffset() + MORE)
                            .setReceived(counted.getReceived() + MORE)
                            .setAccepted(counted.getAccepted() + MORE)
                            .build()));
            ConsumerRecord<byte[], byte[]> results = newest(broker, Topics.RESULTS);
            BallotResults shown = Events.decode(results.value(), BallotResults.class);
            List<CountedPosition> positions = new ArrayList<>(shown.getPositions());
            CountedPosition first = positions.get(0);
            positions.set(
                    0, new CountedPosition(first.getPartition(), first.getNextOffset() + MORE, first.getEndOffset()));
            send(
                    dying,
                    results,
                    Events.encode(BallotResults.newBuilder(shown)
                            .setVersion(shown.getVersion() + MORE)
                            .setReceived(shown.getReceived() + MORE)
                            .setAccepted(shown.getAccepted() + MORE)
                            .setPositions(positions)
                            .build()));
            dying.abortTransaction();

            log.vote("aborted", "a1", "b1");
            assertThat(ResultsIT.awaitReceived(app, "aborted", 2)
                            .at("/turnout/accepted")
                            .asLong())
                    .isEqualTo(2);
        }
    }

    private static ConsumerRecord<byte[], byte[]> newest(KafkaBroker broker, Topic topic) {
        List<ConsumerRecord<byte[], byte[]>> records =
                TopicReader.of(broker.bootstrapServers()).readCommitted().readAll(topic.name());
        return records.get(records.size() - 1);
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, ConsumerRecord<byte[], byte[]> like, byte[] value)
            throws Exception {
        producer.send(new ProducerRecord<>(like.topic(), like.partition(), like.key(), value))
                .get();
    }
}
