// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.rules.Ballot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VoteDrawTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldBreakNoRuleOfTheSeedsBallot(long seed) {
        Ballot ballot = BallotSource.of(Path.of("../local/ballots/gz-customs-2021.yaml"))
                .ballot();
        Set<Integer> sizes = new HashSet<>();
        Set<String> liked = new HashSet<>();
        check(ballot, seed, sizes, liked);
        assertThat(sizes).containsExactlyInAnyOrder(2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(liked).hasSize(43);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldBreakNoRuleOfAnyBallot(long seed) {
        check(anyBallot(new Random(seed)), seed, new HashSet<>(), new HashSet<>());
    }

    private static void check(Ballot ballot, long seed, Set<Integer> sizes, Set<String> liked) {
        VoteDraw votes = new VoteDraw(ballot, new Random(seed));
        for (int i = 0; i < 2_000; i++) {
            List<String> vote = votes.next();
            assertThat(ballot.violations(vote)).as("seed %d: %s", seed, vote).isEmpty();
            sizes.add(vote.size());
            liked.addAll(vote);
        }
    }

    private static Ballot anyBallot(Random random) {
        List<Map<String, Object>> sections = new ArrayList<>();
        int fewest = 0;
        int most = 0;
        for (int s = 0; s <= random.nextInt(4); s++) {
            int section = s;
            int options = 1 + random.nextInt(6);
            int min = random.nextInt(options + 1);
            int max = Math.max(1, min + random.nextInt(options - min + 1));
            fewest += min;
            most += max;
            sections.add(Map.of(
                    "id",
                    "s" + s,
                    "title",
                    "Section",
                    "picks",
                    Map.of("min", min, "max", max),
                    "options",
                    IntStream.range(0, options)
                            .mapToObj(o -> Map.of("id", section + "-" + o, "title", "Option"))
                            .toList()));
        }
        int min = Math.max(1, fewest);
        Map<String, Object> plain = Map.of(
                "ballotId",
                "any",
                "title",
                "Any",
                "window",
                Map.of("opensAt", "2026-01-01T00:00:00Z", "closesAt", "2026-02-01T00:00:00Z"),
                "picks",
                Map.of("min", min, "max", min + random.nextInt(most - min + 1)),
                "sections",
                sections);
        Ballot.Definition read = Ballot.parse(plain);
        assertThat(read).as("%s", plain).isInstanceOf(Ballot.Definition.Valid.class);
        return ((Ballot.Definition.Valid) read).ballot();
    }
}
