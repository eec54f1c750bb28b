// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClockReadingsTest {
    private static final long SEED = Long.getLong("votelog.seed", 42);

    private final ClockReadings readings = new ClockReadings();

    /** A reading of a broker whose clock is ahead of ours, and that takes its time for coming and going. */
    private void read(int broker, long aheadMs, long sentMs, long thereMs, long backMs) {
        readings.add(broker, sentMs, sentMs + thereMs + aheadMs, sentMs + thereMs + backMs);
    }

    @Test
    void shouldSayWhoseClockIsAheadOfWhose() {
        read(1, 0, 1_000, 2, 3);
        read(2, 61_000, 1_010, 2, 3);
        read(3, 10, 1_020, 2, 3);
        assertThat(readings.finding().map(Finding::toString))
                .hasValue(
                        "WARNING the clock of broker 2 is ahead of broker 1's by 60 s, of broker 3's by 60 s; expected: by 3 s at most, else votes at the opening and the end of a ballot are judged by another time in one partition than in another. Mend: have the brokers' machines keep their time by NTP; chronyc tracking, or timedatectl timesync-status, says on each whether it does");
    }

    @Test
    void shouldNameTheBrokerThatIsBehind() {
        read(1, -30_000, 1_000, 2, 3);
        read(2, 0, 1_010, 2, 3);
        assertThat(readings.finding().map(Finding::what)).hasValueSatisfying(what -> assertThat(what)
                .startsWith("the clock of broker 2 is ahead of broker 1's by 29 s;"));
    }

    /** An answer that was long under way leaves much open, and one that was quick closes it. */
    @Test
    void shouldNotTakeASlowAnswerForAClock() {
        read(1, 0, 1_000, 2, 3);
        read(2, 0, 1_010, 20_000, 3);
        read(3, 0, 1_020, 2, 20_000);
        assertThat(readings.finding()).isEmpty();
        read(2, 5_000, 30_000, 20_000, 10_000);
        assertThat(readings.finding()).isEmpty();
    }

    @Test
    void shouldSayNothingOfAClockThatIsSetMeanwhile() {
        read(1, 0, 1_000, 2, 3);
        read(2, 60_000, 1_010, 2, 3);
        read(2, 0, 1_020, 2, 3);
        assertThat(readings.finding()).isEmpty();
        assertThat(new ClockReadings().finding()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 500, 2_999})
    void shouldNeverAccuseClocksThatAreNearEnough(long apartMs) {
        Random random = new Random(SEED);
        for (int i = 0; i < 1_000; i++) {
            ClockReadings drawn = new ClockReadings();
            for (int reading = 0; reading < 6; reading++) {
                long sent = random.nextLong(100_000);
                long there = random.nextLong(5_000);
                drawn.add(
                        reading % 2,
                        sent,
                        sent + there + (reading % 2) * apartMs,
                        sent + there + random.nextLong(5_000));
            }
            assertThat(drawn.finding()).as("seed %d, round %d", SEED, i).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"3000, false", "3200, true", "-3200, true", "86400000, true"})
    void shouldFindWhatIsFurtherApart(long apartMs, boolean found) {
        read(1, 0, 1_000, 50, 40);
        read(2, apartMs, 1_000, 40, 50);
        assertThat(readings.finding().isPresent()).isEqualTo(found);
    }
}
