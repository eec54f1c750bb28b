// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.power;

import io.votelog.infra.chaos.load.Answer;
import io.votelog.infra.chaos.load.Choices;
import io.votelog.infra.chaos.load.Gateways;
import io.votelog.infra.chaos.load.Sent;
import io.votelog.infra.chaos.load.Verdicts;
import io.votelog.rules.Ballot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Voters, some at a time, each of whom casts one valid vote once under an id of its own. */
final class Crowd {
    private static final int AT_ONCE = 8;
    private static final long PAUSE_MS = 50;

    private final Gateways gateways;
    private final Ballot ballot;
    private final Random seeds;
    private final Collection<Sent> votes = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    Crowd(Gateways gateways, Ballot ballot, Random seeds) {
        this.gateways = gateways;
        this.ballot = ballot;
        this.seeds = seeds;
    }

    void begin() {
        over = false;
        threads.clear();
        for (int thread = 0; thread < AT_ONCE; thread++) {
            Random random = new Random(seeds.nextLong());
            Thread voter = new Thread(() -> vote(random), "voters");
            voter.setDaemon(true);
            voter.start();
            threads.add(voter);
        }
    }

    /** Returns when nobody waits for an answer any more. */
    void end() throws InterruptedException {
        over = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void vote(Random random) {
        try {
            while (!over) {
                if (!(cast(random) instanceof Answer.Acked)) {
                    Thread.sleep(PAUSE_MS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One more vote. */
    Answer cast(Random random) throws InterruptedException {
        UUID id = new UUID(random.nextLong(), random.nextLong());
        Sent vote = new Sent(
                new Sent.Key(ballot.id(), id, Choices.valid(ballot, random)),
                "voter-" + id,
                true,
                Set.of(Verdicts.ACCEPTED));
        votes.add(vote);
        Answer answer = gateways.cast(0, vote);
        vote.answered(answer);
        return answer;
    }

    /** All that were acknowledged, by their ids. */
    Map<UUID, Answer.Acked> acked() {
        Map<UUID, Answer.Acked> acked = new TreeMap<>();
        for (Sent vote : votes) {
            for (Answer answer : vote.answers()) {
                if (answer instanceof Answer.Acked place) {
                    acked.put(vote.key().voteId(), place);
                }
            }
        }
        return acked;
    }
}
