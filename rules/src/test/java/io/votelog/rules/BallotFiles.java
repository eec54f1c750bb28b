// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Ballot files as a reader of YAML or JSON gives them: maps and lists that a test may still change. */
final class BallotFiles {
    private BallotFiles() {}

    /** The ballot of the announcement: 43 cases in two parts, at least one of each part, at most ten in all. */
    static Map<String, Object> gzCustoms2021() {
        return map(
                "ballotId", "gz-customs-2021",
                "organiser", "广州海关",
                "title", map("zh", "广州海关“深化跨境贸易便利化改革优化口岸营商环境典型案例”评选", "en", "Guangzhou Customs"),
                "window", map("opensAt", "2021-12-05T00:00:00+08:00", "closesAt", "2021-12-12T00:00:00+08:00"),
                "picks", map("min", 2, "max", 10),
                "sections",
                        list(
                                section("A", map("zh", "第一部分", "en", "Part one"), map("min", 1), options(1, 22)),
                                section("B", map("zh", "第二部分", "en", "Part two"), map("min", 1), options(23, 43))),
                "order", "shuffled",
                "results", map("visibility", "live"));
    }

    /** One section with so many options, and nothing that need not be said. */
    static Map<String, Object> smallest(int optionCount) {
        return map(
                "ballotId",
                "b1",
                "title",
                "A ballot",
                "window",
                map("opensAt", "2030-01-01T00:00:00Z", "closesAt", "2030-01-02T00:00:00Z"),
                "sections",
                list(section("only", "The only one", null, options(1, optionCount))));
    }

    static Map<String, Object> section(
            String id, Object title, @Nullable Map<String, Object> picks, List<Object> options) {
        Map<String, Object> section = map("id", id, "title", title);
        if (picks != null) {
            section.put("picks", picks);
        }
        section.put("options", options);
        return section;
    }

    static List<Object> options(int first, int last) {
        return new ArrayList<>(IntStream.rangeClosed(first, last)
                .mapToObj(number -> map("id", String.format("%02d", number), "title", "案例 " + number))
                .toList());
    }

    static Map<String, Object> map(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    static List<Object> list(Object... items) {
        return new ArrayList<>(Arrays.asList(items));
    }

    /** The ballot that a file without faults comes to. */
    static Ballot ballot(Object plain) {
        if (Ballot.parse(plain) instanceof Ballot.Definition.Valid valid) {
            return valid.ballot();
        }
        throw new AssertionError("not a ballot: " + faults(plain));
    }

    /** Why a file may not be published; empty when it may. */
    static List<Fault> faultsOfProposed(@Nullable Object plain) {
        return Ballot.propose(plain) instanceof Ballot.Definition.Faulty faulty ? faulty.faults() : List.of();
    }

    /** The faults of a file; empty when it has none. */
    static List<Fault> faults(@Nullable Object plain) {
        return Ballot.parse(plain) instanceof Ballot.Definition.Faulty faulty ? faulty.faults() : List.of();
    }
}
