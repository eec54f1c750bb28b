// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.decide;

import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.voters.DrawnVotes;
import io.votelog.rules.AcceptedVote;
import io.votelog.rules.Ballot;
import io.votelog.rules.Decision;
import io.votelog.rules.LoggedVote;
import io.votelog.rules.Picks;
import io.votelog.rules.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The time of {@link Decision#decide} for votes on the seed's ballot that are drawn at random. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class DecisionBenchmark {
    private static final int VOTES = 1 << 12;
    private static final UUID OTHER_ID = new UUID(0, 0);

    private final List<LoggedVote> votes = new ArrayList<>();
    private final List<AcceptedVote> same = new ArrayList<>();
    private final List<AcceptedVote> other = new ArrayList<>();
    private final Ballot definition = TestSystem.seed();
    private final Decision.PartitionBallot ballot =
            new Decision.PartitionBallot(definition, 0, Decision.PartitionBallot.OPEN_ENDED);
    private int next;

    /** Draws the votes. */
    @Setup
    public void draw() {
        long openMs = definition.opensAt().toEpochMilli();
        DrawnVotes drawn = new DrawnVotes(definition, 1);
        for (int i = 0; i < VOTES; i++) {
            List<String> choices = drawn.of(i);
            UUID id = new UUID(1, i);
            votes.add(new LoggedVote(id, choices, 2L * VOTES + i, openMs));
            Picks picks = definition.check(choices).picks();
            same.add(new AcceptedVote(id, 1L + i, openMs, picks));
            other.add(new AcceptedVote(OTHER_ID, 1L + i, openMs, picks));
        }
    }

    /** A voter's first vote, which is accepted. */
    @Benchmark
    public Verdict first() {
        return Decision.decide(ballot, null, votes.get(index()));
    }

    /** The accepted vote, sent again. */
    @Benchmark
    public Verdict retried() {
        int at = index();
        return Decision.decide(ballot, same.get(at), votes.get(at));
    }

    /** Another vote of a voter who has voted. */
    @Benchmark
    public Verdict alreadyVoted() {
        int at = index();
        return Decision.decide(ballot, other.get(at), votes.get(at));
    }

    private int index() {
        next = next + 1 & VOTES - 1;
        return next;
    }
}
