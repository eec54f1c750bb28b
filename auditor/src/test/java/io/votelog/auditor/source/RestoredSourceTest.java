// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which records of a restored log have the time of the broker that first appended them: those that are the dump's. */
class RestoredSourceTest {
    private static final String VOTES = Topics.VOTES.name();
    private static final long TIME_MS = 1_638_662_400_000L;

    @Test
    void shouldHaveTheDumpsTimeWhereTheRecordIsTheDumps() {
        var dump = List.of(record(VOTES, 0, TIME_MS, "key", "a", true), record(VOTES, 1, TIME_MS, "key", "b", true));
        var restored = List.of(
                record(VOTES, 0, TIME_MS, "key", "a", false),
                record(VOTES, 1, TIME_MS, "key", "b", false),
                // What came after the restore.
                record(VOTES, 2, TIME_MS + 9, "key", "c", true),
                record(VOTES, 3, TIME_MS + 9, "key", "d", false));
        assertThat(types(restored, dump))
                .containsExactly(
                        TimestampType.LOG_APPEND_TIME,
                        TimestampType.LOG_APPEND_TIME,
                        TimestampType.LOG_APPEND_TIME,
                        TimestampType.CREATE_TIME);
    }

    @Test
    void shouldTakeForNamedByItsWriterWhatIsNotTheDumps() {
        var dump = List.of(record(VOTES, 0, TIME_MS, "key", "a", true));
        for (var forged : List.of(
                record(VOTES, 0, TIME_MS + 1, "key", "a", false),
                record(VOTES, 0, TIME_MS, "other", "a", false),
                record(VOTES, 0, TIME_MS, null, "a", false),
                record(VOTES, 0, TIME_MS, "key", "b", false),
                record(VOTES, 1, TIME_MS, "key", "a", false))) {
            assertThat(types(List.of(forged), dump)).containsExactly(TimestampType.CREATE_TIME);
        }
        var withHeader = record(VOTES, 0, TIME_MS, "key", "a", false);
        withHeader.headers().add("ce_id", new byte[] {1});
        assertThat(types(List.of(withHeader), dump)).containsExactly(TimestampType.CREATE_TIME);
    }

    /** A dump may itself have records whose writer named their time. */
    @Test
    void shouldNotTrustWhatTheDumpDoesNot() {
        var dump = List.of(record(VOTES, 0, TIME_MS, "key", "a", false));
        assertThat(types(List.of(record(VOTES, 0, TIME_MS, "key", "a", false)), dump))
                .containsExactly(TimestampType.CREATE_TIME);
    }

    @Test
    void shouldLookAtTheRightRecordWhereSomeAreMissing() {
        var dump = List.of(
                record(VOTES, 0, TIME_MS, "key", "a", true),
                record(VOTES, 1, TIME_MS, "key", "b", true),
                record(VOTES, 2, TIME_MS, "key", "c", true));
        assertThat(types(List.of(record(VOTES, 2, TIME_MS, "key", "c", false)), dump))
                .containsExactly(TimestampType.LOG_APPEND_TIME);
    }

    @Test
    void shouldLeaveOtherTopicsAsTheyAre() {
        String decisions = Topics.DECISIONS.name();
        var same = List.of(record(decisions, 0, TIME_MS, "key", "a", false));
        assertThat(types(same, List.of(record(decisions, 0, TIME_MS, "key", "a", true))))
                .containsExactly(TimestampType.CREATE_TIME);
    }

    private static List<TimestampType> types(
            List<ConsumerRecord<byte[], byte[]>> restored, List<ConsumerRecord<byte[], byte[]>> dump) {
        List<TimestampType> types = new ArrayList<>();
        try (RestoredSource source = new RestoredSource(new MemoryLog(restored), new MemoryLog(dump))) {
            String topic = restored.get(0).topic();
            source.ranges(topic).forEach(range -> source.read(range, record -> types.add(record.timestampType())));
        }
        return types;
    }

    private static ConsumerRecord<byte[], byte[]> record(
            String topic, long offset, long timestampMs, @Nullable String key, String value, boolean stamped) {
        return new ConsumerRecord<>(
                topic,
                0,
                offset,
                timestampMs,
                stamped ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME,
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8),
                new RecordHeaders(),
                Optional.empty());
    }
}
