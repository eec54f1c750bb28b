// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
final class AckedOffsetsTest {
    private final AckedOffsets offsets = new AckedOffsets();

    @Test
    void shouldTakeOffsetsThatGrowForAWholeLog() {
        offsets.acked(0, 0);
        offsets.acked(0, 1);
        offsets.acked(1, 0);
        offsets.acked(0, 7);
        offsets.acked(0, -1);
        offsets.acked(0, 8);
        offsets.acked(100_000, 5);
        offsets.acked(100_000, 4);
        assertThat(offsets.cuts()).isZero();
    }

    @Test
    void shouldSayOnceForEachCutWhatIsLost(CapturedOutput output) {
        offsets.acked(3, 41);
        offsets.acked(3, 17);
        offsets.acked(3, 18);
        assertThat(offsets.cuts()).isEqualTo(1);
        assertThat(output)
                .contains("partition 3 of votes has acknowledged votes up to offset 41, and now one at offset 17");
        offsets.acked(3, 18);
        assertThat(offsets.cuts()).isEqualTo(2);
    }
}
