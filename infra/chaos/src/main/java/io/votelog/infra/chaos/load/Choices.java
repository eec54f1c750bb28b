// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import io.votelog.infra.system.VoteDraw;
import io.votelog.rules.Ballot;
import io.votelog.rules.Option;
import io.votelog.rules.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** Choices on a ballot of {@link Elections}, drawn at random: such as keep its rules, and such as break one. */
public final class Choices {
    private Choices() {}

    /** Choices that keep the rules. */
    public static List<String> valid(Ballot ballot, Random random) {
        return new VoteDraw(ballot, random).next();
    }

    /** Others that keep the rules, too. */
    static List<String> otherThan(List<String> choices, Ballot ballot, Random random) {
        List<String> other = choices;
        while (new TreeSet<>(other).equals(new TreeSet<>(choices))) {
            other = valid(ballot, random);
        }
        return other;
    }

    /** Choices that break a rule of the ballot, each rule in its turn. */
    public static List<String> broken(Ballot ballot, Random random) {
        List<String> all = ballot.sections().stream()
                .flatMap(section -> section.options().stream())
                .map(Option::id)
                .toList();
        Section first = ballot.sections().get(0);
        return switch (random.nextInt(6)) {
            case 0 -> List.of();
            case 1 -> all;
            case 2 -> List.of(all.get(0));
            case 3 -> with(valid(ballot, random), "no-such-option");
            case 4 -> {
                List<String> valid = valid(ballot, random);
                yield with(valid, valid.get(0));
            }
            default -> first.options().stream().map(Option::id).toList();
        };
    }

    private static List<String> with(List<String> choices, String more) {
        List<String> all = new ArrayList<>(choices);
        all.add(more);
        return all;
    }
}
