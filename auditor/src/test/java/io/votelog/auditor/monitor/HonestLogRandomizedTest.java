// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.auditor.report.Report;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.TestSealedLog;
import io.votelog.auditor.verify.SeenCheckpoints;
import io.votelog.infra.testing.Seeds;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** An honest log behind a slow, failing and lying network is never accused, and is known again when the weather is fine. */
class HonestLogRandomizedTest {
    @TempDir
    private Path dir;

    static LongStream seeds() {
        return Seeds.upTo(8);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @Timeout(120)
    void shouldNeverAccuse(long seed) throws Exception {
        Random random = new Random(seed);
        Followed followed = new Followed(dir);
        followed.restarts = random.nextBoolean();
        followed.itself = random.nextBoolean() ? () -> followed.log : null;
        followed.grow(random.nextInt(700));
        try (Weather weather = new Weather(followed.folder, seed)) {
            followed.sources = weather.sources();
            for (int round = 0; round < 14; round++) {
                weather.bad(random.nextInt(4) == 0 ? 0 : 10 + random.nextInt(40));
                if (random.nextInt(3) > 0) {
                    followed.grow(1 + random.nextInt(300));
                }
                int exitCode = followed.round();
                assertThat(exitCode)
                        .as("seed %d, round %d: %s", seed, round, followed.told())
                        .isNotEqualTo(Report.MISMATCH);
            }
            weather.bad(0);
            assertThat(followed.round())
                    .as("seed %d: %s", seed, followed.told())
                    .isEqualTo(Report.PASSED);
            assertThat(weather.faults()).as("seed %d", seed).isPositive();
        }
        assertThat(followed.events()).noneMatch(event -> event.path("proven").asBoolean(false));
        assertThat(raised(followed)).isEqualTo(over(followed));
        assertThat(new SeenCheckpoints(followed.state, TestSealedLog.KEY.publicKey())
                        .checkpoint(SealedLog.VOTES)
                        .size())
                .isEqualTo(followed.sealed.votes().size());
    }

    private static long raised(Followed followed) {
        return count(followed, "alarm");
    }

    private static long over(Followed followed) {
        return count(followed, "over");
    }

    private static long count(Followed followed, String event) {
        return followed.events().stream()
                .map(one -> one.path("event"))
                .map(JsonNode::asString)
                .filter(event::equals)
                .count();
    }

    /** A tampered log is found through the same weather, and what was found before it was is no accusation. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @Timeout(120)
    void shouldStillProveWhatIsTrue(long seed) throws Exception {
        Random random = new Random(seed);
        Followed followed = new Followed(dir);
        followed.grow(100 + random.nextInt(600));
        try (Weather weather = new Weather(followed.folder, seed)) {
            followed.sources = weather.sources();
            assertThat(followed.round()).isEqualTo(Report.PASSED);
            Path other = dir.resolve("other");
            Followed liar = new Followed(other);
            liar.log.vote(9_999, 9_999, "a2", "b1");
            liar.grow(720 + random.nextInt(300));
            weather.publish(liar.folder);
            weather.bad(1 + random.nextInt(20));
            for (int round = 0; round < 40 && followed.raised(AlarmKind.FORK).isEmpty(); round++) {
                followed.round();
            }
            assertThat(followed.raised(AlarmKind.FORK))
                    .as("seed %d: %s", seed, followed.told())
                    .isNotEmpty();
        }
    }

    /** A round reads what is new, and not what was read before. */
    @Test
    void shouldAskForWhatIsNewAlone() throws Exception {
        Followed followed = new Followed(dir);
        followed.grow(5_000);
        try (Weather weather = new Weather(followed.folder, 0)) {
            followed.sources = weather.sources();
            assertThat(followed.round()).isEqualTo(Report.PASSED);
            assertThat(weather.requests()).isGreaterThan(2 * 2 * 19);
            assertThat(followed.round()).isEqualTo(Report.PASSED);
            // The two checkpoints.
            assertThat(weather.requests()).isEqualTo(2);
            for (int round = 0; round < 20; round++) {
                followed.grow(70);
                assertThat(followed.round()).isEqualTo(Report.PASSED);
                // Of each tree: checkpoint, last bundles and tiles, and what proves that it goes on.
                assertThat(weather.requests()).as("round %d", round).isLessThan(2 * 12);
            }
        }
    }
}
