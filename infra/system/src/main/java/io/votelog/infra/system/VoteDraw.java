// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import io.votelog.rules.Ballot;
import io.votelog.rules.Option;
import io.votelog.rules.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Well-formed votes on a ballot, drawn at random, some options more liked than others. For one thread at a time. */
public final class VoteDraw {
    private final Ballot ballot;
    private final Random random;

    /** @param random from the same seed come the same votes */
    public VoteDraw(Ballot ballot, Random random) {
        this.ballot = ballot;
        this.random = random;
    }

    /** Option ids that break none of the ballot's rules. */
    public List<String> next() {
        List<String> picked = new ArrayList<>();
        List<List<String>> left = new ArrayList<>();
        int[] room = new int[ballot.sections().size()];
        int most = 0;
        for (int s = 0; s < room.length; s++) {
            Section section = ballot.sections().get(s);
            List<String> options =
                    new ArrayList<>(section.options().stream().map(Option::id).toList());
            room[s] = Math.min(section.picks().max(), options.size());
            most += room[s];
            for (int i = 0; i < section.picks().min(); i++) {
                picked.add(take(options));
                room[s]--;
            }
            left.add(options);
        }
        int fewest = Math.max(1, Math.max(picked.size(), ballot.picks().min()));
        int wanted = fewest + random.nextInt(Math.min(ballot.picks().max(), most) - fewest + 1);
        while (picked.size() < wanted) {
            int s = random.nextInt(room.length);
            if (room[s] > 0) {
                picked.add(take(left.get(s)));
                room[s]--;
            }
        }
        return List.copyOf(picked);
    }

    private String take(List<String> options) {
        double liked = random.nextDouble();
        return options.remove((int) (liked * liked * options.size()));
    }
}
