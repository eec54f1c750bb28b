// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.readers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.infra.bench.load.VoteFates;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FreshnessTest {
    private static final UUID ID = new UUID(1, 2);

    private final List<String> told = new ArrayList<>();
    private final VoteFates sender = new VoteFates() {
        @Override
        public void acked(int voter, int partition, long offset, UUID voteId, long writtenNs) {
            told.add("acked %d %d/%d".formatted(voter, partition, offset));
        }

        @Override
        public void refused(int voter, int status) {
            told.add("refused %d %d".formatted(voter, status));
        }

        @Override
        public void unknown(int voter) {
            told.add("unknown " + voter);
        }
    };

    @Test
    void shouldMeasureEveryFollowedVoteOnceForEachReader() {
        Freshness freshness = new Freshness(sender, new long[] {1_000, 7});
        for (int offset = 990; offset < 1_200; offset++) {
            freshness.acked(offset, 0, offset, ID, 1_000_000L * offset);
        }
        freshness.acked(1, 1, 7, ID, 5_000_000);
        freshness.shown(new long[] {990, 7}, new long[] {1_000, 7}, 2_000_000_000L);
        assertThat(freshness.shown().getTotalCount()).isZero();
        freshness.shown(new long[] {1_000, 7}, new long[] {1_001, 7}, 1_003_000_000L);
        assertThat(freshness.shown().getTotalCount()).isEqualTo(1);
        assertThat(freshness.shown().getMaxValue()).isBetween(3_000L, 3_001L);
        freshness.shown(new long[] {1_001, 7}, new long[] {1_101, 7}, 1_103_000_000L);
        assertThat(freshness.shown().getTotalCount()).as("1050 and 1100").isEqualTo(3);
        assertThat(freshness.shown().getMaxValue()).isBetween(53_000L, 53_100L);
        freshness.shown(new long[] {1_101, 0}, new long[] {1_101, 8}, 6_000_000);
        freshness.shown(new long[] {1_101, 0}, new long[] {1_101, 8}, 6_000_000);
        assertThat(freshness.shown().getTotalCount()).as("two readers").isEqualTo(5);
        assertThat(freshness.shown().getMinValue()).isEqualTo(1_000);

        freshness.told(new long[] {1_000, 7}, new long[] {1_051, 7}, 1_053_000_000L);
        assertThat(freshness.told().getTotalCount()).as("1000 and 1050").isEqualTo(2);
        assertThat(freshness.shown().getTotalCount()).as("the stream's alone").isEqualTo(5);
    }

    @Test
    void shouldNotMeasureWhatIsNotKnownYet() {
        Freshness freshness = new Freshness(sender, new long[] {0});
        freshness.shown(new long[] {0, 7}, new long[] {1_000_000, 7}, 5);
        freshness.acked(1, 0, 100_000, ID, 1);
        freshness.shown(new long[] {0, 7}, new long[] {100_000, 7}, 5);
        assertThat(freshness.shown().getTotalCount()).isZero();
    }

    @Test
    void shouldPassEveryFateOn() {
        Freshness freshness = new Freshness(sender, new long[] {0});
        freshness.acked(3, 0, 17, ID, 1);
        freshness.refused(4, 503);
        freshness.unknown(5);
        assertThat(told).containsExactly("acked 3 0/17", "refused 4 503", "unknown 5");
    }

    @Test
    void shouldReadPositionsFromADocumentsEnd() {
        assertThat(Positions.parse("…\"votes\":3}]}],\"positions\":{\"0\":17,\"2\":5}}"))
                .containsExactly(17, 0, 5);
        assertThat(Positions.parse("\"positions\":{}}")).isEmpty();
        assertThatThrownBy(() -> Positions.parse("{\"version\":1}")).hasMessageContaining("positions");
    }
}
