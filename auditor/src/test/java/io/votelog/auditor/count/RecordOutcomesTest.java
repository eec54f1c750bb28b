// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.auditor.report.AuditException;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RecordOutcomesTest {
    private static final long SEED = Long.getLong("votelog.seed", 20211205);

    @Test
    void shouldKeepWhatEachRecordIs() {
        RecordOutcomes outcomes = new RecordOutcomes();
        for (int offset = 0; offset < 300_000; offset++) {
            outcomes.put(offset, (byte) (1 + offset % 100), offset * 7L);
        }
        assertThat(outcomes.end()).isEqualTo(300_000);
        for (int offset = 0; offset < 300_000; offset++) {
            assertThat(outcomes.at(offset)).isEqualTo((byte) (1 + offset % 100));
            assertThat(outcomes.voteHash(offset)).isEqualTo(offset * 7L);
        }
        assertThat(outcomes.at(300_000)).isEqualTo(RecordOutcome.NONE);
        assertThat(outcomes.voteHash(300_000)).isZero();
        assertThat(outcomes.at(-1)).isEqualTo(RecordOutcome.NONE);
        assertThat(outcomes.at(1L << 32)).isEqualTo(RecordOutcome.NONE);
    }

    @Test
    void shouldTakeOffsetsWithGapsAndInAnyOrder() {
        SplittableRandom random = new SplittableRandom(SEED);
        RecordOutcomes outcomes = new RecordOutcomes();
        Map<Long, Byte> map = new HashMap<>();
        long[] near = {0, 8_191, 8_192, 1_000_000, Integer.MAX_VALUE - 100L};
        for (int i = 0; i < 500; i++) {
            long offset = near[random.nextInt(near.length)] + random.nextInt(90);
            byte outcome = (byte) (1 + random.nextInt(100));
            outcomes.put(offset, outcome, offset + outcome);
            map.put(offset, outcome);
        }
        for (long from : near) {
            for (long offset = Math.max(0, from - 100); offset < from + 100; offset++) {
                byte expected = map.getOrDefault(offset, RecordOutcome.NONE);
                assertThat(outcomes.at(offset)).as("seed %d", SEED).isEqualTo(expected);
                assertThat(outcomes.voteHash(offset)).isEqualTo(map.containsKey(offset) ? offset + expected : 0);
            }
        }
        assertThat(outcomes.end())
                .isEqualTo(map.keySet().stream()
                        .mapToLong(offset -> offset + 1)
                        .max()
                        .orElseThrow());
    }

    @Test
    void shouldRefuseAnOffsetThatItCannotHold() {
        RecordOutcomes outcomes = new RecordOutcomes();
        assertThatThrownBy(() -> outcomes.put(Integer.MAX_VALUE - 8L, RecordOutcome.CONTROL, 0))
                .isInstanceOf(AuditException.class)
                .hasMessage("a partition with an offset of 2147483639: this program can hold some two billion records");
        assertThatThrownBy(() -> outcomes.put(-1, RecordOutcome.CONTROL, 0)).isInstanceOf(AuditException.class);
        assertThat(outcomes.end()).isZero();
    }
}
