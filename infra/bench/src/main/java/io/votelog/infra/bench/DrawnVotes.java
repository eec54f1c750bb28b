// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench;

import io.votelog.rules.Ballot;
import io.votelog.rules.Option;
import io.votelog.rules.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Well-formed votes on a ballot, drawn from a seed. Voter n casts vote n modulo {@link #COUNT}, in every run with that seed.
 */
final class DrawnVotes {
    /** How many are drawn, a power of two. */
    static final int COUNT = 1 << 16;

    private final List<List<String>> choices;

    DrawnVotes(Ballot ballot, long seed) {
        Random random = new Random(seed);
        choices = IntStream.range(0, COUNT).mapToObj(i -> draw(ballot, random)).toList();
    }

    /** Option ids that break none of the ballot's rules. */
    List<String> of(int voter) {
        return choices.get(voter & COUNT - 1);
    }

    private static List<String> draw(Ballot ballot, Random random) {
        List<String> picked = new ArrayList<>();
        List<List<String>> left = new ArrayList<>();
        List<Integer> room = new ArrayList<>();
        for (Section section : ballot.sections()) {
            List<String> options =
                    new ArrayList<>(section.options().stream().map(Option::id).toList());
            int most = Math.min(section.picks().max(), options.size());
            for (int i = 0; i < section.picks().min(); i++) {
                picked.add(take(options, random));
            }
            left.add(options);
            room.add(most - section.picks().min());
        }
        int fewest = Math.max(1, Math.max(picked.size(), ballot.picks().min()));
        int most = Math.min(
                ballot.picks().max(),
                picked.size() + room.stream().mapToInt(Integer::intValue).sum());
        int wanted = fewest + random.nextInt(most - fewest + 1);
        while (picked.size() < wanted) {
            int section = random.nextInt(room.size());
            if (room.get(section) > 0) {
                picked.add(take(left.get(section), random));
                room.set(section, room.get(section) - 1);
            }
        }
        return List.copyOf(picked);
    }

    /** Some are more liked than others. */
    private static String take(List<String> options, Random random) {
        double liked = random.nextDouble();
        return options.remove((int) (liked * liked * options.size()));
    }
}
