// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The rules once more, slow and plain: from whole sequences of records, with sets and streams, without any of the code
 * under test but its names for reasons.
 */
final class Oracle {
    private Oracle() {}

    /** Rules of form broken, each once, in order of precedence; with a section's id where it is a section's. */
    static List<String> broken(RandomBallots.Outline ballot, List<String> choices) {
        if (choices.isEmpty()) {
            return List.of("NO_CHOICE");
        }
        Set<String> distinct = new LinkedHashSet<>(choices);
        List<String> broken = new ArrayList<>();
        if (!ballot.options().containsAll(distinct)) {
            broken.add("UNKNOWN_OPTION");
        }
        if (distinct.size() != choices.size()) {
            broken.add("REPEATED_OPTION");
        }
        if (distinct.size() > ballot.max()) {
            broken.add("TOO_MANY_PICKS");
        }
        if (distinct.size() < ballot.min()) {
            broken.add("TOO_FEW_PICKS");
        }
        ballot.parts().stream()
                .filter(part -> picked(part, distinct) > part.max())
                .forEach(part -> broken.add("SECTION_TOO_MANY " + part.id()));
        ballot.parts().stream()
                .filter(part -> picked(part, distinct) < part.min())
                .forEach(part -> broken.add("SECTION_TOO_FEW " + part.id()));
        return broken;
    }

    private static long picked(RandomBallots.Part part, Set<String> distinct) {
        return part.options().stream().filter(distinct::contains).count();
    }

    /** A record of one partition: its position is its place in the list. */
    sealed interface Entry {
        long atMs();

        record Published(long atMs) implements Entry {}

        record ClosedEarly(long atMs) implements Entry {}

        record Vote(String voter, UUID id, List<String> choices, long atMs) implements Entry {}
    }

    record Window(long opensAtMs, long closesAtMs) {}

    /** The verdict on the vote at a position: ACCEPTED, RETRIED or the reason of its rejection. */
    static String verdict(RandomBallots.Outline ballot, Window window, List<Entry> log, int position) {
        Entry.Vote vote = (Entry.Vote) log.get(position);
        if (before(log, position).noneMatch(Entry.Published.class::isInstance)) {
            return "UNKNOWN_BALLOT";
        }
        Optional<Entry.Vote> counted = earlierVotes(log, position)
                .filter(earlier -> objection(ballot, window, log, earlier).isEmpty())
                .findFirst()
                .map(earlier -> (Entry.Vote) log.get(earlier));
        boolean sameId = counted.isPresent() && counted.get().id().equals(vote.id());
        if (sameId && Set.copyOf(counted.get().choices()).equals(Set.copyOf(vote.choices()))) {
            return "RETRIED";
        }
        return objection(ballot, window, log, position)
                .orElse(counted.isEmpty() ? "ACCEPTED" : sameId ? "VOTE_ID_REUSED" : "ALREADY_VOTED");
    }

    /** What would speak against the vote if its voter had sent no other. */
    private static Optional<String> objection(
            RandomBallots.Outline ballot, Window window, List<Entry> log, int position) {
        Entry.Vote vote = (Entry.Vote) log.get(position);
        if (before(log, position).noneMatch(Entry.Published.class::isInstance)) {
            return Optional.of("UNKNOWN_BALLOT");
        }
        if (vote.atMs() < window.opensAtMs()) {
            return Optional.of("NOT_OPEN");
        }
        boolean ended = log.subList(0, position + 1).stream()
                .dropWhile(entry -> !(entry instanceof Entry.Published))
                .skip(1)
                .anyMatch(entry -> entry instanceof Entry.ClosedEarly || entry.atMs() >= window.closesAtMs());
        if (ended) {
            return Optional.of("CLOSED");
        }
        return broken(ballot, vote.choices()).stream()
                .map(rule -> rule.split(" ", -1)[0])
                .findFirst();
    }

    private static Stream<Entry> before(List<Entry> log, int position) {
        return log.subList(0, position).stream();
    }

    private static Stream<Integer> earlierVotes(List<Entry> log, int position) {
        String voter = ((Entry.Vote) log.get(position)).voter();
        return Stream.iterate(0, i -> i < position, i -> i + 1)
                .filter(i -> log.get(i) instanceof Entry.Vote earlier
                        && earlier.voter().equals(voter));
    }
}
