// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.source.BrokerSource;
import io.votelog.auditor.source.MemoryLog;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.LogCluster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A copied log, written to a real broker. BackupIT of infra/operations does it to a whole system. */
@WithKafka(freshTopics = true)
class RestoreIT {
    private static final long TIME_MS = 1_638_662_400_000L;

    private String address;

    @BeforeEach
    void beginWithoutTopics(KafkaBroker broker) {
        broker.deleteTopics();
        address = broker.bootstrapServers();
    }

    @Test
    void shouldWriteEveryRecordWhereItStood() {
        Copy copy = new Copy()
                .with(Topics.VOTES.name(), 0, 0, 1, 2)
                .with(Topics.VOTES.name(), 1, 0)
                .with(Topics.BALLOTS.name(), 0, 0);
        assertThat(restore(copy).run()).isEqualTo(Map.of(Topics.VOTES.name(), 4L, Topics.BALLOTS.name(), 1L));
        try (var broker = new BrokerSource(address, Map.of())) {
            for (OffsetRange range : copy.made().ranges(Topics.VOTES.name())) {
                List<ConsumerRecord<byte[], byte[]>> written = new ArrayList<>();
                broker.read(range, written::add);
                List<ConsumerRecord<byte[], byte[]>> copied = new ArrayList<>();
                copy.made().read(range, copied::add);
                assertThat(written).hasSameSizeAs(copied);
                for (int at = 0; at < written.size(); at++) {
                    assertThat(written.get(at).offset())
                            .isEqualTo(copied.get(at).offset());
                    assertThat(written.get(at).timestamp())
                            .isEqualTo(copied.get(at).timestamp());
                    assertThat(written.get(at).value()).isEqualTo(copied.get(at).value());
                }
            }
        }
        try (LogCluster cluster = cluster()) {
            assertThat(cluster.findings()).isEmpty();
        }
    }

    @Test
    void shouldRefuseBrokersThatHaveALog() {
        Copy copy = new Copy().with(Topics.VOTES.name(), 0, 0).with(Topics.BALLOTS.name(), 0, 0);
        restore(copy).run();
        assertThatThrownBy(() -> restore(copy).run())
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("already: a log is restored to brokers that have none");
    }

    /** A count would go on from the changelogs of a log that is gone. */
    @Test
    void shouldRefuseBrokersThatHaveChangelogsOfACount(KafkaBroker broker) {
        String changelog = "votelog-streams-partition-tallies-changelog";
        broker.createTopics(new NewTopic(changelog, 1, (short) 1));
        Copy copy = new Copy().with(Topics.VOTES.name(), 0, 0).with(Topics.BALLOTS.name(), 0, 0);
        assertThatThrownBy(() -> restore(copy).run())
                .isInstanceOf(AuditException.class)
                .hasMessageContaining(changelog);
    }

    /** What was broken off is no log: no app starts on it. */
    @Test
    void shouldLeaveHalfALogSuchThatNoAppStarts() {
        Copy copy = new Copy().with(Topics.VOTES.name(), 0, 0, 2).with(Topics.BALLOTS.name(), 0, 0);
        assertThatThrownBy(() -> restore(copy).run())
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("offset 2 of votelog.votes.v1/0 came to stand at offset 1");
        try (LogCluster cluster = cluster()) {
            assertThat(cluster.findings())
                    .anyMatch(finding ->
                            finding.isError() && finding.toString().contains("message.timestamp.type=CreateTime"));
        }
    }

    @Test
    void shouldRefuseWhatIsNoWholeLog() {
        assertThatThrownBy(() ->
                        restore(new Copy().with(Topics.VOTES.name(), 0, 0)).run())
                .hasMessageContaining("no ballots");
        assertThatThrownBy(
                        () -> restore(new Copy().with(Topics.VOTES.name(), 1, 0).with(Topics.BALLOTS.name(), 0, 0))
                                .run())
                .hasMessageContaining("lacks votelog.votes.v1/0");
        assertThatThrownBy(() -> restore(
                                new Copy().with(Topics.VOTES.name(), 0, 5, 6).with(Topics.BALLOTS.name(), 0, 0))
                        .run())
                .hasMessageContaining("begins at offset 5");
    }

    private Restore restore(Copy copy) {
        return new Restore(copy.made(), address, Map.of(), false, new Progress(System.err, false));
    }

    private LogCluster cluster() {
        return new LogCluster(
                Admin.create(Map.of("bootstrap.servers", address)), address, Topics.all(), Duration.ofSeconds(30));
    }

    /** A copy to be made, topic by topic. */
    private static final class Copy {
        private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();

        Copy with(String topic, int partition, long... offsets) {
            for (long offset : offsets) {
                records.add(new ConsumerRecord<>(
                        topic,
                        partition,
                        offset,
                        TIME_MS + offset,
                        TimestampType.LOG_APPEND_TIME,
                        ConsumerRecord.NULL_SIZE,
                        ConsumerRecord.NULL_SIZE,
                        ("key " + offset).getBytes(StandardCharsets.UTF_8),
                        (topic + partition + offset).getBytes(StandardCharsets.UTF_8),
                        new RecordHeaders().add("name", new byte[] {1}),
                        Optional.empty()));
            }
            return this;
        }

        MemoryLog made() {
            return new MemoryLog(records);
        }
    }
}
