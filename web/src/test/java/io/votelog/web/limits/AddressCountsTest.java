// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AddressCountsTest {
    private static final IpAddress ONE = new IpAddress(0, 1);
    private static final IpAddress OTHER = new IpAddress(0, 2);

    @Test
    void shouldGiveEachAddressSoManyAndNoMore() {
        AddressCounts counts = new AddressCounts(2);
        assertThat(counts.take(ONE)).isTrue();
        assertThat(counts.take(ONE)).isTrue();
        assertThat(counts.take(ONE)).isFalse();
        assertThat(counts.take(OTHER)).isTrue();
        counts.giveBack(ONE);
        assertThat(counts.take(ONE)).isTrue();
        assertThat(counts.take(ONE)).isFalse();
    }

    @Test
    void shouldRememberNobodyWhoHasNone() {
        AddressCounts counts = new AddressCounts(3);
        for (int i = 0; i < 1000; i++) {
            counts.take(new IpAddress(i, 0));
            counts.take(new IpAddress(i, 0));
        }
        assertThat(counts.addresses()).isEqualTo(1000);
        for (int i = 0; i < 1000; i++) {
            counts.giveBack(new IpAddress(i, 0));
            counts.giveBack(new IpAddress(i, 0));
        }
        assertThat(counts.addresses()).isZero();
    }

    @Test
    void shouldCountNothingWithoutALimit() {
        AddressCounts counts = new AddressCounts(0);
        for (int i = 0; i < 100; i++) {
            assertThat(counts.take(ONE)).isTrue();
        }
        assertThat(counts.addresses()).isZero();
        assertThatThrownBy(() -> new AddressCounts(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldCountRightFromManyThreads() throws Exception {
        AddressCounts counts = new AddressCounts(5);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<Integer>> most = new ArrayList<>();
        AtomicInteger held = new AtomicInteger();
        for (int t = 0; t < 8; t++) {
            most.add(threads.submit(() -> {
                int seen = 0;
                for (int i = 0; i < 20_000; i++) {
                    if (counts.take(ONE)) {
                        seen = Math.max(seen, held.incrementAndGet());
                        held.decrementAndGet();
                        counts.giveBack(ONE);
                    }
                }
                return seen;
            }));
        }
        int mostOfAll = 0;
        for (Future<Integer> seen : most) {
            mostOfAll = Math.max(mostOfAll, seen.get());
        }
        // A thread whose turns fall between those of others that hold all five gets none.
        assertThat(mostOfAll).isBetween(1, 5);
        threads.shutdown();
        assertThat(counts.addresses()).isZero();
    }
}
