// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.rules.Picks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PickCountsTest {
    private static final long SEED = Long.getLong("votelog.seed", 20211211);
    private static final int OPTIONS = 70;

    @TempDir
    Path dir;

    /** Two files of many runs each, beside a map. */
    @Test
    void shouldCountWhatAMapCountsHoweverLittleMemoryHolds() throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        Map<Picks, Long> expected = new HashMap<>();
        List<Path> files = new ArrayList<>();
        for (int file = 0; file < 2; file++) {
            PickCounts counts = new PickCounts(dir, "picks-" + file, OPTIONS);
            int held = 0;
            for (int vote = 0; vote < 5_000; vote++) {
                Picks picks = Picks.of(random.nextInt(8), random.nextInt(OPTIONS / 7) * 7, random.nextInt(3));
                expected.merge(picks, 1L, Long::sum);
                if (counts.add(picks) && ++held == 50) {
                    counts.spill();
                    held = 0;
                }
            }
            files.add(dir.resolve("file-" + file));
            counts.finish(files.get(file));
        }
        Map<Picks, Long> merged = new HashMap<>();
        List<Picks> order = new ArrayList<>();
        PickCounts.merge(files, OPTIONS, (picks, count) -> {
            assertThat(merged.put(picks, count)).as("seed %d: %s", SEED, picks).isNull();
            order.add(picks);
        });
        assertThat(merged).as("seed %d", SEED).isEqualTo(expected);
        assertThat(order.get(0).contains(0)).isFalse();
        assertThat(order.get(order.size() - 1).contains(0)).isTrue();
        try (Stream<Path> left = Files.list(dir)) {
            assertThat(left).containsExactlyInAnyOrderElementsOf(files);
        }
    }

    @Test
    void shouldPutTogetherAsManyAsWereAskedForOrNone() {
        assertThat(PublicFiles.fewest(10, counts(1, 3, 2, 4, 50, 1))).isEqualTo(10);
        // Only 5 would be together: those of the next rarest set go with them.
        assertThat(PublicFiles.fewest(10, counts(1, 5, 50, 1, 70, 1))).isEqualTo(51);
        assertThat(PublicFiles.fewest(10, counts(50, 1, 70, 1))).isEqualTo(10);
        assertThat(PublicFiles.fewest(10, counts(1, 2))).isEqualTo(10);
        assertThat(PublicFiles.fewest(1, counts(1, 2))).isEqualTo(1);
    }

    private static TreeMap<Long, Long> counts(long... votesAndSets) {
        TreeMap<Long, Long> counts = new TreeMap<>();
        for (int i = 0; i < votesAndSets.length; i += 2) {
            counts.put(votesAndSets[i], votesAndSets[i + 1]);
        }
        return counts;
    }
}
