// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import io.votelog.infra.chaos.load.Sent.Key;
import io.votelog.rules.Ballot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** One voter, who does what their script says. All that is drawn comes from the run's seed and the voter's number. */
final class Voter {
    private static final long SPREAD = 0x9E3779B97F4A7C15L;
    private static final Set<String> COUNTS = Set.of(Verdicts.ACCEPTED, Verdicts.RETRIED, Verdicts.CLOSED);
    private static final int MOST_TRIES = 12;
    private static final int LEAVES_ONE_IN = 3;
    private static final int FIRST_PAUSE_MS = 100;
    private static final int LONGEST_PAUSE_MS = 2_000;

    private final Random random;
    private final String user;
    private final Elections elections;
    private final Gateways gateways;
    private final Ledger ledger;
    private final Pulse pulse;
    private final ReceiptWatch receipts;
    private final Executor others;

    /** @param others runs what a voter does at the same time elsewhere */
    Voter(
            long seed,
            int number,
            Elections elections,
            Gateways gateways,
            Ledger ledger,
            Pulse pulse,
            ReceiptWatch receipts,
            Executor others) {
        this.random = new Random(seed ^ number * SPREAD);
        this.user = "voter-%d-%07d".formatted(seed, number);
        this.elections = elections;
        this.gateways = gateways;
        this.ledger = ledger;
        this.pulse = pulse;
        this.receipts = receipts;
        this.others = others;
    }

    void run() throws InterruptedException {
        Script script = Script.draw(random);
        Ballot ballot = elections.draw(random);
        int gateway = random.nextInt(gateways.count());
        int other = (gateway + 1) % gateways.count();
        switch (script) {
            case VOTES -> send(valid(ballot), gateway, random);
            case BREAKS_A_RULE -> send(vote(ballot, Choices.broken(ballot, random), Set.of()), gateway, random);
            case VOTES_TWICE -> {
                Sent vote = valid(ballot);
                if (send(vote, gateway, random) instanceof Answer.Acked) {
                    send(vote, other, random);
                }
            }
            case VOTES_TWICE_WITHOUT_AN_ID -> {
                List<String> choices = Choices.valid(ballot, random);
                List<String> reversed = new ArrayList<>(choices);
                Collections.reverse(reversed);
                Sent vote = withoutId(ballot, choices, COUNTS);
                if (send(vote, gateway, random) instanceof Answer.Acked) {
                    Set<String> again = Set.of(Verdicts.RETRIED, Verdicts.CLOSED);
                    send(withoutId(ballot, reversed, again), other, random);
                }
            }
            case CHANGES_THEIR_MIND -> {
                if (send(valid(ballot), gateway, random) instanceof Answer.Acked) {
                    Set<String> late = Set.of(Verdicts.ALREADY_VOTED, Verdicts.CLOSED);
                    send(vote(ballot, Choices.valid(ballot, random), late), other, random);
                }
            }
            case REUSES_THE_ID -> {
                Sent vote = valid(ballot);
                if (send(vote, gateway, random) instanceof Answer.Acked) {
                    List<String> choices = Choices.otherThan(vote.key().choices(), ballot, random);
                    Key same = new Key(ballot.id(), vote.key().voteId(), choices);
                    Set<String> reused = Set.of(Verdicts.VOTE_ID_REUSED, Verdicts.CLOSED);
                    send(ledger.begin(new Sent(same, user, true, reused)), other, random);
                }
            }
            case VOTES_AT_TWO_GATEWAYS -> {
                Set<String> either =
                        Set.of(Verdicts.ACCEPTED, Verdicts.RETRIED, Verdicts.ALREADY_VOTED, Verdicts.CLOSED);
                Sent one = vote(ballot, Choices.valid(ballot, random), either);
                Sent two = vote(ballot, Choices.valid(ballot, random), either);
                Random ofOther = new Random(random.nextLong());
                CompletableFuture<Void> elsewhere =
                        CompletableFuture.runAsync(() -> sendElsewhere(two, other, ofOther), others);
                send(one, gateway, random);
                elsewhere.join();
            }
            case IS_ANNULLED -> {
                Sent vote = valid(ballot);
                if (send(vote, gateway, random) instanceof Answer.Acked acked) {
                    annul(vote, acked.receipt(), other);
                }
            }
        }
    }

    private Sent valid(Ballot ballot) {
        return vote(ballot, Choices.valid(ballot, random), COUNTS);
    }

    private Sent vote(Ballot ballot, List<String> choices, Set<String> expected) {
        Key key = new Key(ballot.id(), new UUID(random.nextLong(), random.nextLong()), choices);
        return ledger.begin(new Sent(key, user, true, expected));
    }

    private Sent withoutId(Ballot ballot, List<String> choices, Set<String> expected) {
        Key key = new Key(ballot.id(), gateways.derivedId(ballot.id(), user, choices), choices);
        return ledger.begin(new Sent(key, user, false, expected));
    }

    private void sendElsewhere(Sent vote, int gateway, Random random) {
        try {
            send(vote, gateway, random);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }

    /**
     * Sends a vote until it is acknowledged or refused for good; one in three of those whose outcome is unknown is left so.
     *
     * @return the last answer
     */
    private Answer send(Sent vote, int firstGateway, Random random) throws InterruptedException {
        int gateway = firstGateway;
        int pauseMs = FIRST_PAUSE_MS;
        Answer answer = new Answer.Refused(0, "not sent");
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            long sentNs = System.nanoTime();
            answer = gateways.cast(gateway, vote);
            vote.answered(answer);
            if (answer instanceof Answer.Acked acked) {
                pulse.acked(vote, gateway, acked.place(), sentNs);
                receipts.offer(vote.key().ballotId(), acked, sentNs);
                return answer;
            }
            boolean ended = answer instanceof Answer.Refused refused && !refused.isForNow()
                    || answer instanceof Answer.Unknown && random.nextInt(LEAVES_ONE_IN) == 0;
            if (ended) {
                return answer;
            }
            Thread.sleep(pauseMs / 2 + random.nextInt(pauseMs));
            pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
            gateway = (gateway + 1) % gateways.count();
        }
        return answer;
    }

    private void annul(Sent vote, String receipt, int firstGateway) throws InterruptedException {
        int gateway = firstGateway;
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            Answer answer = gateways.annul(gateway, vote.key().ballotId(), receipt);
            ledger.annulled(
                    new Ledger.Annulment(vote.key().ballotId(), vote.key().voteId(), receipt, answer));
            if (answer instanceof Answer.Acked || answer instanceof Answer.Refused refused && !refused.isForNow()) {
                return;
            }
            Thread.sleep(FIRST_PAUSE_MS + random.nextInt(LONGEST_PAUSE_MS));
            gateway = (gateway + 1) % gateways.count();
        }
    }
}
