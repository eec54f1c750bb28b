// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.system;

import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.rules.Ballot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A ballot of as many options as one may have, with titles of a usual length: results of 1,000 options are some 165 KB of JSON. */
public final class LargeBallot {
    private static final int SECTION = 100;
    private static final int MAX_PICKS = 10;

    private LargeBallot() {}

    /**
     * A ballot of so many options.
     *
     * @param options 1 to 1,024
     * @throws BenchException for a number that a ballot cannot have
     */
    public static Ballot of(int options) {
        return of(options, 1, Math.min(options, MAX_PICKS));
    }

    /**
     * The same with other bounds on what a vote picks.
     *
     * @param fewest 1 to {@code most}
     * @param most at most {@code options}
     */
    public static Ballot of(int options, int fewest, int most) {
        List<Map<String, Object>> sections = new ArrayList<>();
        for (int first = 0; first < options; first += SECTION) {
            List<Map<String, Object>> some = new ArrayList<>();
            for (int i = first; i < Math.min(options, first + SECTION); i++) {
                some.add(Map.of(
                        "id",
                        "n%04d".formatted(i),
                        "title",
                        Map.of(
                                "zh", "第%d号跨境贸易便利化改革典型案例".formatted(i),
                                "en", "Case %d: a model of how to make cross-border trade easier".formatted(i))));
            }
            sections.add(Map.of(
                    "id",
                    "part-" + first / SECTION,
                    "title",
                    Map.of("zh", "第%d部分".formatted(first / SECTION + 1), "en", "Part " + (first / SECTION + 1)),
                    "options",
                    some));
        }
        Ballot.Definition read = Ballot.parse(Map.of(
                "ballotId",
                "bench-large",
                "organiser",
                "infra/bench",
                "title",
                Map.of("zh", "大型评选", "en", "A large vote"),
                "window",
                Map.of("opensAt", "2026-01-01T00:00:00Z", "closesAt", "2026-01-08T00:00:00Z"),
                "picks",
                Map.of("min", fewest, "max", most),
                "sections",
                sections));
        if (read instanceof Ballot.Definition.Valid valid) {
            return valid.ballot();
        }
        throw new BenchException("a ballot of %,d options is refused: %s".formatted(options, read));
    }
}
