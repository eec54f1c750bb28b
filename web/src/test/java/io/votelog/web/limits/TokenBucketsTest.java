// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.web.limits.TokenBuckets.Draw;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenBucketsTest {
    private static final int SLOTS = 1 << 12;
    private static final long KEY = 0x1234_5678_9abc_def0L;

    /** What the clock says, in nanoseconds. */
    private long now = 77;

    @Test
    void shouldGiveTheBurstAtOnceAndThenTheRate() {
        TokenBuckets buckets = buckets("10", 3);
        assertThat(buckets.take(KEY)).isEqualTo(new Draw(true, 2, 0, 1));
        assertThat(buckets.take(KEY)).isEqualTo(new Draw(true, 1, 0, 1));
        assertThat(buckets.take(KEY)).isEqualTo(new Draw(true, 0, 1, 1));
        assertThat(buckets.take(KEY)).isEqualTo(new Draw(false, 0, 1, 1));
        now += 99_999_999;
        assertThat(buckets.take(KEY).granted()).isFalse();
        now += 1;
        assertThat(buckets.take(KEY)).isEqualTo(new Draw(true, 0, 1, 1));
        assertThat(buckets.take(KEY).granted()).isFalse();
        now += Duration.ofDays(1).toNanos();
        assertThat(buckets.take(KEY).remaining()).isEqualTo(2);
    }

    @Test
    void shouldTakeATokenBack() {
        TokenBuckets buckets = TokenBuckets.every(Duration.ofMinutes(10), 2, SLOTS, () -> now);
        buckets.giveBack(KEY);
        buckets.take(KEY);
        buckets.take(KEY);
        assertThat(buckets.take(KEY).granted()).isFalse();
        buckets.giveBack(KEY);
        assertThat(buckets.take(KEY)).isEqualTo(new Draw(true, 0, 600, 1_200));
        buckets.giveBack(KEY);
        now += Duration.ofMinutes(5).toNanos();
        buckets.giveBack(KEY);
        buckets.giveBack(KEY);
        // A bucket never holds more than the burst.
        assertThat(buckets.take(KEY).remaining()).isEqualTo(1);
        assertThat(buckets.take(KEY).remaining()).isZero();
        assertThat(buckets.take(KEY).granted()).isFalse();
        TokenBuckets.every(Duration.ZERO, 2, SLOTS, () -> now).giveBack(KEY);
    }

    @Test
    void shouldSayHowLongToWait() {
        TokenBuckets buckets = buckets("0.25", 2);
        assertThat(buckets.secondsFromEmptyToFull()).isEqualTo(8);
        assertThat(buckets.take(KEY)).isEqualTo(new Draw(true, 1, 0, 4));
        now += 500_000_000;
        assertThat(buckets.take(KEY)).isEqualTo(new Draw(true, 0, 4, 8));
        now += 500_000_000;
        assertThat(buckets.take(KEY)).isEqualTo(new Draw(false, 0, 3, 7));
        now += 2_999_999_999L;
        assertThat(buckets.take(KEY)).isEqualTo(new Draw(false, 0, 1, 5));
        now += 1;
        assertThat(buckets.take(KEY).granted()).isTrue();
    }

    @Test
    void shouldGiveATokenBackNowAndThen() {
        TokenBuckets buckets = TokenBuckets.every(Duration.ofMinutes(10), 5, SLOTS, () -> now);
        assertThat(buckets.secondsFromEmptyToFull()).isEqualTo(3_000);
        for (int left = 4; left >= 0; left--) {
            assertThat(buckets.take(KEY)).isEqualTo(new Draw(true, left, left > 0 ? 0 : 600, (5 - left) * 600));
        }
        assertThat(buckets.take(KEY)).isEqualTo(new Draw(false, 0, 600, 3_000));
        now += Duration.ofMinutes(10).toNanos() - 1_000_000;
        assertThat(buckets.take(KEY)).isEqualTo(new Draw(false, 0, 1, 2_401));
        now += 1_000_000;
        assertThat(buckets.take(KEY).granted()).isTrue();
        assertThat(buckets.take(KEY).granted()).isFalse();
        long granted = 0;
        for (int day = 0; day < 1_000; day++) {
            now += Duration.ofDays(1).toNanos();
            for (int i = 0; i < 10; i++) {
                granted += buckets.take(KEY).granted() ? 1 : 0;
            }
        }
        assertThat(granted).isEqualTo(5_000);
        assertThat(TokenBuckets.every(Duration.ZERO, 5, SLOTS, () -> now).take(KEY))
                .isEqualTo(new Draw(true, 5, 0, 0));
    }

    @ParameterizedTest
    @CsvSource({"PT0.999S, 1", "PT-1S, 1", "PT24H, 2", "PT1S, 86401", "PT25H, 1", "P100000000D, 1", "PT1S, 0"})
    void shouldRefuseATimeThatIsOutOfRange(Duration perToken, int burst) {
        assertThatThrownBy(() -> TokenBuckets.every(perToken, burst, SLOTS, () -> now))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldKeepKeysApart() {
        TokenBuckets buckets = buckets("1", 1);
        // The first differs from KEY in its fingerprint alone, the second in its line alone.
        for (long key : new long[] {KEY, KEY ^ 1L << 63, KEY ^ 1}) {
            assertThat(buckets.take(key).granted()).isTrue();
            assertThat(buckets.take(key).granted()).isFalse();
        }
    }

    @Test
    void shouldLimitNothingAtARateOfZero() {
        TokenBuckets buckets = buckets("0", 5);
        for (int i = 0; i < 100; i++) {
            assertThat(buckets.take(KEY)).isEqualTo(new Draw(true, 5, 0, 0));
        }
        assertThat(buckets.secondsFromEmptyToFull()).isZero();
    }

    /** Random keys, pauses and hashes against buckets that are kept in a map, as exact fractions. */
    @ParameterizedTest
    @MethodSource("seeds")
    void shouldDrawAsTheOracleDoes(long seed) {
        Random random = new Random(seed);
        // Rates of which a unit is a whole number of nanoseconds, so that the oracle needs to know nothing of units.
        for (String rate : List.of("0.001", "0.25", "1", "2.5", "10", "100", "1000", "20000", "100000")) {
            int mostInADay = new BigDecimal(rate)
                    .multiply(BigDecimal.valueOf(TokenBuckets.MAX_SECONDS_TO_FULL))
                    .min(BigDecimal.valueOf(50))
                    .intValueExact();
            int burst = 1 + random.nextInt(mostInADay);
            TokenBuckets buckets = buckets(rate, burst);
            Oracle oracle = new Oracle(new BigDecimal(rate), burst);
            long[] keys = LongStream.range(0, 1 + random.nextInt(40))
                    .map(i -> random.nextLong())
                    .toArray();
            // Pauses that give back some tokens, in steps of 100 µs, which units divide.
            double meanPause = 1e4 / Double.parseDouble(rate) / keys.length;
            for (int i = 0; i < 4_000; i++) {
                long pause = random.nextInt(3) == 0 ? (long) (random.nextDouble() * 4 * meanPause) : 0;
                now += pause * 100_000;
                long key = keys[random.nextInt(keys.length)];
                assertThat(buckets.take(key))
                        .as("seed %d, rate %s, burst %d, draw %d", seed, rate, burst, i)
                        .isEqualTo(oracle.take(key, now));
            }
        }
    }

    static LongStream seeds() {
        return LongStream.range(1, 9).map(n -> n * 7_919);
    }

    /** Whatever the rate, what is granted to one who asks often is the burst and, to a token, the rate times the time. */
    @ParameterizedTest
    @CsvSource({"0.3, 7", "0.007, 2", "3, 10", "7.777, 2", "33.333, 5", "999.999, 100", "65537, 1000", "99999.999, 3"})
    void shouldLoseNoFractionOfARate(String rate, int burst) {
        TokenBuckets buckets = buckets(rate, burst);
        long start = now;
        long granted = 0;
        long step = (long) (0.37e9 / Double.parseDouble(rate));
        for (int i = 0; i < 200_000; i++) {
            while (buckets.take(KEY).granted()) {
                granted++;
            }
            now += step;
        }
        long due = new BigDecimal(rate)
                .multiply(BigDecimal.valueOf(now - step - start, 9))
                .setScale(0, RoundingMode.FLOOR)
                .longValueExact();
        assertThat(granted - burst).isBetween(due - 1, due);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE - 1_000_000_000, Long.MIN_VALUE, -3_000_000_000L})
    void shouldNotMindWhereTheClockBeginsOrThatItOverflows(long start) {
        now = start;
        shouldGiveTheBurstAtOnceAndThenTheRate();
        shouldSayHowLongToWait();
    }

    /** Up to some 200 years, so far beyond the point where the units begin anew. */
    @Test
    void shouldWorkForAsLongAsAnyoneWillLetItRun() {
        TokenBuckets buckets = buckets("100000", 3);
        for (int round = 0; round < 380; round++) {
            now += Duration.ofDays(round % 3 == 0 ? 1 : 287).toNanos() + round;
            for (int left = 2; left >= 0; left--) {
                assertThat(buckets.take(KEY))
                        .as("round %d", round)
                        .isEqualTo(new Draw(true, left, left > 0 ? 0 : 1, 1));
            }
            assertThat(buckets.take(KEY).granted()).isFalse();
            now += 10_000;
            assertThat(buckets.take(KEY).granted()).isTrue();
            assertThat(buckets.take(KEY).granted()).isFalse();
            // A slot that was never used stays free as well.
            assertThat(buckets.take(KEY + round + 1).granted()).isTrue();
        }
    }

    @Test
    void shouldKeepDebtsWhereTheUnitsBeginAnew() {
        TokenBuckets buckets = buckets("1", 10);
        // 2^46 units of 10 µs, less five seconds.
        now += (1L << 46) * 10_000 - 5_000_000_000L;
        assertThat(buckets.take(key(1)).remaining()).isEqualTo(9);
        assertThat(buckets.take(key(2)).remaining()).isEqualTo(9);
        assertThat(buckets.take(key(1)).remaining()).isEqualTo(8);
        for (int left = 8; left > 0; left--) {
            buckets.take(key(1));
        }
        for (int second = 0; second < 20; second++) {
            assertThat(buckets.take(key(1)).granted()).as("second %d", second).isFalse();
            now += 1_000_000_000;
            assertThat(buckets.take(key(1)).granted()).as("second %d", second).isTrue();
        }
    }

    /** A thread that read the clock before others did finds buckets that seem to owe more than they can. */
    @Test
    void shouldNotTakeAnEarlierClockForAFullBucket() {
        TokenBuckets buckets = buckets("1000", 2);
        now += 1_000_000_000;
        buckets.take(KEY);
        buckets.take(KEY);
        now -= 700_000_000;
        assertThat(buckets.take(KEY)).isEqualTo(new Draw(false, 0, 1, 1));
    }

    @Test
    void shouldGrantAFreshKeyWhenTheTableIsFull() {
        TokenBuckets buckets = new TokenBuckets(BigDecimal.ONE, 2, 8, () -> now);
        for (int i = 1; i <= 100_000; i++) {
            assertThat(buckets.take(key(i)).granted()).as("key %d", i).isTrue();
        }
    }

    /** Whoever is deepest in debt stays so; the one nearest to full is let go. */
    @Test
    void shouldForgetTheBucketThatIsNearestToFull() {
        TokenBuckets buckets = new TokenBuckets(BigDecimal.ONE, 10, 8, () -> now);
        for (int i = 1; i <= 8; i++) {
            for (int tokens = 0; tokens < 1 + i; tokens++) {
                buckets.take(key(i));
            }
        }
        assertThat(buckets.take(key(99)).remaining()).isEqualTo(9);
        assertThat(buckets.take(key(98)).remaining()).as("in 99's place").isEqualTo(9);
        for (int i = 2; i <= 8; i++) {
            assertThat(buckets.take(key(i)).remaining()).as("key %d", i).isEqualTo(10 - (1 + i) - 1);
        }
        assertThat(buckets.take(key(1)).remaining()).as("forgotten").isEqualTo(9);
    }

    @Test
    void shouldUseASlotAgainOnceItsBucketIsFull() {
        TokenBuckets buckets = new TokenBuckets(BigDecimal.ONE, 1, 8, () -> now);
        for (int round = 0; round < 10; round++) {
            for (int i = 1; i <= 8; i++) {
                assertThat(buckets.take(key(round * 8 + i)).granted()).isTrue();
            }
            for (int i = 1; i <= 8; i++) {
                assertThat(buckets.take(key(round * 8 + i)).granted()).isFalse();
            }
            now += 1_000_000_000;
        }
    }

    @Test
    void shouldGrantExactlyTheBurstToManyThreads() throws Exception {
        int threads = 8;
        int burst = 20_000;
        TokenBuckets buckets = new TokenBuckets(BigDecimal.TEN, burst, SLOTS, () -> 5);
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            Callable<Integer> taker = () -> {
                start.await(10, TimeUnit.SECONDS);
                int granted = 0;
                for (int i = 0; i < burst; i++) {
                    granted += buckets.take(KEY).granted() ? 1 : 0;
                    // Neighbours in the same line, so that slots are taken while others are looked for.
                    buckets.take(KEY ^ (long) (i % 7 + 1) << 50);
                }
                return granted;
            };
            List<Future<Integer>> takers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                takers.add(pool.submit(taker));
            }
            int granted = 0;
            for (Future<Integer> one : takers) {
                granted += one.get(60, TimeUnit.SECONDS);
            }
            assertThat(granted).isEqualTo(burst);
        } finally {
            pool.shutdownNow();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 1, 64, a rate of -1",
        "100000.001, 1, 64, a rate of 100000.001",
        "0.0001, 1, 64, a rate of 0.0001",
        "1, 0, 64, a burst of 0",
        "1, 86401, 64, a burst of 86401 at a rate of 1",
        "1, 1, 63, a table of 63",
        "1, 1, 4, a table of 4"
    })
    void shouldRefuseWhatIsOutOfRange(String rate, int burst, int slots, String message) {
        assertThatThrownBy(() -> new TokenBuckets(new BigDecimal(rate), burst, slots, () -> now))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private TokenBuckets buckets(String rate, int burst) {
        return new TokenBuckets(new BigDecimal(rate), burst, SLOTS, () -> now);
    }

    /** Keys with fingerprints of their own. */
    private static long key(int number) {
        return (long) number << 46;
    }

    /** The textbook's bucket: it holds tokens and is topped up when it is looked at. */
    private static final class Oracle {
        private final BigDecimal perNano;
        private final BigDecimal burst;
        private final Map<Long, BigDecimal> levels = new HashMap<>();
        private final Map<Long, Long> lookedAt = new HashMap<>();

        Oracle(BigDecimal perSecond, int burst) {
            this.perNano = perSecond.movePointLeft(9);
            this.burst = BigDecimal.valueOf(burst);
        }

        Draw take(long key, long now) {
            BigDecimal level = levels.getOrDefault(key, burst)
                    .add(perNano.multiply(BigDecimal.valueOf(now - lookedAt.getOrDefault(key, now))))
                    .min(burst);
            boolean granted = level.compareTo(BigDecimal.ONE) >= 0;
            if (granted) {
                level = level.subtract(BigDecimal.ONE);
            }
            levels.put(key, level);
            lookedAt.put(key, now);
            int next = level.compareTo(BigDecimal.ONE) >= 0 ? 0 : seconds(BigDecimal.ONE.subtract(level));
            return new Draw(granted, level.intValue(), next, seconds(burst.subtract(level)));
        }

        private int seconds(BigDecimal tokens) {
            return tokens.divide(perNano.movePointRight(9), 0, RoundingMode.CEILING)
                    .intValueExact();
        }
    }
}
