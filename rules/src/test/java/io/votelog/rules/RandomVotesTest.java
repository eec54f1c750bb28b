// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules against {@link Oracle}, on random ballots and random votes. */
class RandomVotesTest {
    private static final String OPENS_AT = "2030-01-01T00:00:00Z";
    private static final String CLOSES_AT = "2030-01-01T00:00:01Z";
    private static final Oracle.Window WINDOW = new Oracle.Window(
            Instant.parse(OPENS_AT).toEpochMilli(), Instant.parse(CLOSES_AT).toEpochMilli());

    @ParameterizedTest
    @MethodSource("io.votelog.rules.Seeds#seeds")
    void shouldCheckTheFormAsTheOracleDoes(long seed) {
        Random random = new Random(seed);
        Map<String, Integer> seen = new TreeMap<>();
        for (int b = 0; b < 4_000; b++) {
            RandomBallots.Outline outline =
                    b % 100 == 0 ? RandomBallots.possible(random, 8, 100) : RandomBallots.possible(random, 4, 6);
            Ballot ballot = BallotFiles.ballot(outline.file(OPENS_AT, CLOSES_AT));
            for (int v = 0; v < 25; v++) {
                List<String> choices = RandomBallots.choices(random, outline);
                List<String> expected = Oracle.broken(outline, choices);
                Set<Reason> reasons = expected.stream()
                        .map(rule -> Reason.valueOf(rule.split(" ", -1)[0]))
                        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Reason.class)));
                int[] picks = choices.stream()
                        .mapToInt(outline.options()::indexOf)
                        .filter(index -> index >= 0)
                        .toArray();

                Form form = ballot.check(choices);
                List<String> violations = ballot.violations(choices).stream()
                        .map(violation -> violation.code()
                                + (violation.detail().startsWith("section ")
                                        ? " " + violation.detail().substring(8).split(":", -1)[0]
                                        : ""))
                        .toList();

                String context = "seed " + seed + ", " + outline + ", choices " + choices;
                assertThat(form).as(context).isEqualTo(new Form(Picks.of(picks), reasons));
                assertThat(List.copyOf(form.broken())).as(context).isEqualTo(List.copyOf(reasons));
                assertThat(violations).as(context).isEqualTo(expected);
                seen.merge(reasons.isEmpty() ? "well formed" : form.first().name(), 1, Integer::sum);
            }
        }
        assertThat(seen).as("seed %d", seed).hasSize(8).allSatisfy((outcome, count) -> assertThat(count)
                .as(outcome)
                .isGreaterThan(100));
    }

    @ParameterizedTest
    @MethodSource("io.votelog.rules.Seeds#seeds")
    void shouldDecideAsTheOracleDoesLiveAndReplayed(long seed) {
        Random random = new Random(seed);
        Map<String, Integer> seen = new TreeMap<>();
        for (int l = 0; l < 5_000; l++) {
            RandomBallots.Outline outline = RandomBallots.possible(random, 3, 4);
            Ballot ballot = BallotFiles.ballot(outline.file(OPENS_AT, CLOSES_AT));
            List<Oracle.Entry> log = log(random, outline);

            Partition partition = new Partition(ballot);
            List<@Nullable Verdict> live = new ArrayList<>();
            for (int offset = 0; offset < log.size(); offset++) {
                live.add(partition.meet(offset, log.get(offset)));
            }
            for (int offset = 0; offset < log.size(); offset++) {
                if (!(log.get(offset) instanceof Oracle.Entry.Vote)) {
                    continue;
                }
                Verdict verdict = live.get(offset);
                String expected = Oracle.verdict(outline, WINDOW, log, offset);
                if (!expected.equals(name(verdict))) {
                    throw new AssertionError("seed " + seed + ", offset " + offset + ": " + name(verdict)
                            + " where the oracle says " + expected + "; " + outline + ", " + log);
                }
                seen.merge(expected, 1, Integer::sum);
            }

            // Law 9: stores that are ahead of a record, by any distance, give it the verdict that it had.
            for (int start = 0; start < log.size(); start += 1 + random.nextInt(8)) {
                for (int offset = start; offset < log.size(); offset++) {
                    Verdict again = partition.meet(offset, log.get(offset));
                    assertThat(again)
                            .as("seed %d, offset %d of %s", seed, offset, log)
                            .isEqualTo(live.get(offset));
                }
            }
        }
        assertThat(seen).as("seed %d", seed).hasSize(14).allSatisfy((outcome, count) -> assertThat(count)
                .as(outcome)
                .isGreaterThan(100));
    }

    private static String name(@Nullable Verdict verdict) {
        if (verdict instanceof Verdict.Rejected rejected) {
            return rejected.reason().name();
        }
        return verdict instanceof Verdict.Accepted ? "ACCEPTED" : "RETRIED";
    }

    /** Few voters, few vote ids, retries, a clock that jumps both ways over the window's ends. */
    private static List<Oracle.Entry> log(Random random, RandomBallots.Outline outline) {
        int size = 10 + random.nextInt(30);
        int published = random.nextInt(4);
        int closed = random.nextInt(3) == 0 ? published + 1 + random.nextInt(size) : -1;
        long stepMs = random.nextLong(1, 121);
        long clockMs = WINDOW.opensAtMs() - 5 * stepMs;
        List<Oracle.Entry> log = new ArrayList<>();
        List<Oracle.Entry.Vote> votes = new ArrayList<>();
        for (int offset = 0; offset < size; offset++) {
            long behindMs = random.nextInt(8) == 0 ? random.nextLong(400) : 0;
            long atMs = clockMs + stepMs * random.nextInt(3) - behindMs;
            clockMs += stepMs;
            if (offset == published) {
                log.add(new Oracle.Entry.Published(atMs));
            } else if (offset == closed) {
                log.add(new Oracle.Entry.ClosedEarly(atMs));
            } else {
                Oracle.Entry.Vote vote = vote(random, outline, votes, atMs);
                votes.add(vote);
                log.add(vote);
            }
        }
        return log;
    }

    private static Oracle.Entry.Vote vote(
            Random random, RandomBallots.Outline outline, List<Oracle.Entry.Vote> votes, long atMs) {
        if (!votes.isEmpty() && random.nextInt(3) == 0) {
            Oracle.Entry.Vote first = votes.get(random.nextInt(votes.size()));
            List<String> choices = new ArrayList<>(first.choices());
            Collections.shuffle(choices, random);
            if (!choices.isEmpty() && random.nextInt(6) == 0) {
                choices.add(choices.get(0));
            }
            if (random.nextInt(10) == 0) {
                choices.add("no0");
            }
            return new Oracle.Entry.Vote(first.voter(), first.id(), choices, atMs);
        }
        return new Oracle.Entry.Vote(
                "voter " + random.nextInt(6),
                new UUID(0, random.nextInt(12)),
                RandomBallots.choices(random, outline),
                atMs);
    }

    /** What a processor of one partition keeps: one row for the ballot, one for each voter with an accepted vote. */
    private static final class Partition {
        private final Ballot ballot;
        private Decision.@Nullable PartitionBallot partitionBallot;
        private final Map<String, AcceptedVote> accepted = new HashMap<>();

        Partition(Ballot ballot) {
            this.ballot = ballot;
        }

        @Nullable
        Verdict meet(long offset, Oracle.Entry entry) {
            if (entry instanceof Oracle.Entry.Published && partitionBallot == null) {
                partitionBallot = new Decision.PartitionBallot(ballot, offset, Decision.PartitionBallot.OPEN_ENDED);
            } else if (partitionBallot != null
                    && offset > partitionBallot.fromOffset()
                    && offset < partitionBallot.endOffset()
                    && ends(entry)) {
                partitionBallot = new Decision.PartitionBallot(ballot, partitionBallot.fromOffset(), offset);
            }
            if (!(entry instanceof Oracle.Entry.Vote vote)) {
                return null;
            }
            LoggedVote cast = new LoggedVote(vote.id(), vote.choices(), offset, vote.atMs());
            Verdict verdict = Decision.decide(partitionBallot, accepted.get(vote.voter()), cast);
            if (verdict instanceof Verdict.Accepted counts) {
                accepted.put(vote.voter(), new AcceptedVote(vote.id(), offset, vote.atMs(), counts.picks()));
            }
            return verdict;
        }

        private static boolean ends(Oracle.Entry entry) {
            return entry instanceof Oracle.Entry.ClosedEarly || entry.atMs() >= WINDOW.closesAtMs();
        }
    }

    /** A ballot is refused exactly when no vote could be well formed on it. */
    @ParameterizedTest
    @MethodSource("io.votelog.rules.Seeds#seeds")
    void shouldRefuseExactlyTheImpossibleBallots(long seed) {
        Random random = new Random(seed);
        int refused = 0;
        int cases = 3_000;
        for (int i = 0; i < cases; i++) {
            RandomBallots.Outline outline = RandomBallots.outline(random, 3, 3);
            List<String> options = outline.options();
            boolean possible = IntStream.range(0, 1 << options.size())
                    .mapToObj(bits -> IntStream.range(0, options.size())
                            .filter(o -> (bits >> o & 1) == 1)
                            .mapToObj(options::get)
                            .toList())
                    .anyMatch(choices -> Oracle.broken(outline, choices).isEmpty());
            List<Fault> faults = BallotFiles.faults(outline.file(OPENS_AT, CLOSES_AT));
            assertThat(faults.isEmpty())
                    .as("seed %d, %s, %s", seed, outline, faults)
                    .isEqualTo(possible);
            refused += possible ? 0 : 1;
        }
        assertThat(refused).as("seed %d", seed).isBetween(cases / 20, cases - cases / 20);
    }
}
