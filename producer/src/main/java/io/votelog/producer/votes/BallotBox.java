// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import io.votelog.events.VoteCast;
import io.votelog.producer.ballots.ListedBallot;
import io.votelog.producer.crypto.Pepper;
import io.votelog.producer.crypto.Salts;
import io.votelog.producer.crypto.UserId;
import io.votelog.producer.limits.FairUse;
import io.votelog.producer.limits.VoterAllowance;
import io.votelog.producer.problem.Problems;
import io.votelog.rules.Ballot;
import io.votelog.rules.Form;
import io.votelog.schemas.CloudEvent;
import io.votelog.schemas.Events;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes a vote whose voter is known into the log: is the ballot open, does the vote keep its rules, append. It never blocks, and
 * whichever way a vote comes, it comes through here.
 */
public final class BallotBox {
    private static final CloudEvent VOTE_CAST = new CloudEvent("VoteCast", "producer");

    private final Pepper pepper;
    private final VoteLog log;
    private final FairUse fairUse;
    private final Clock clock;
    private final VoteMeters meters;
    private final Salts salts = new Salts();
    private volatile boolean locked;

    /** Whose hand a vote comes from. */
    enum Sender {
        /** The voter's own. Their votes are limited. */
        VOTER,

        /**
         * A system's that sends votes on behalf of voters. It is trusted with its list, as long and as repetitive as that is, and so
         * with what its lines' answers tell: while the ballot is open, a line without an id that names a voter and the choices that they
         * cast elsewhere without one gets the receipt of that vote, whose verdict then says that the guess was right. Each guess is a
         * vote in the log. After the end it is told derived ids of nobody.
         */
        STATION
    }

    BallotBox(Pepper pepper, VoteLog log, FairUse fairUse, Clock clock, VoteMeters meters) {
        this.pepper = pepper;
        this.log = log;
        this.fairUse = fairUse;
        this.clock = clock;
        this.meters = meters;
    }

    /** From now on no vote is taken; those on their way to the log are still answered. */
    public void lock() {
        locked = true;
    }

    /** Whether no vote is taken any more. */
    boolean isLocked() {
        return locked;
    }

    /** Whether a vote that can wait would be taken now, as {@link VoteLog#hasRoomToSpare} says. */
    boolean hasRoomToSpare() {
        return log.hasRoomToSpare();
    }

    /**
     * Tells before a vote is looked at that it would not be taken.
     *
     * @throws ProblemException (503) when the box is locked or there is no room
     */
    void requireOpen() {
        if (locked) {
            throw Problems.stopping().exception();
        }
        if (!log.hasRoom()) {
            throw Problems.overloaded().exception();
        }
    }

    /**
     * Casts a vote.
     *
     * @param sender whose hand it comes from
     * @param choices option ids as they were sent
     * @param givenId the id that the client chose; without one it is derived from the voter and the choices
     * @param onAnswer is called once, on any thread, perhaps before this returns; it must not block
     */
    void cast(
            ListedBallot listed,
            Sender sender,
            UserId userId,
            List<String> choices,
            @Nullable UUID givenId,
            Consumer<VoteAnswer> onAnswer) {
        Ballot ballot = listed.ballot();
        Pseudonym voter = pepper.pseudonym(ballot.id(), userId);
        UUID voteId = givenId == null ? pepper.voteId(voter, choices) : givenId;
        Receipt receipt = new Receipt(voter, voteId);
        Problem refusal = refusal(listed, ballot.check(choices), choices);
        if (refusal != null && Problems.isClosed(refusal) && mayLearnId(sender, givenId, voter)) {
            // An earlier attempt may have counted.
            onAnswer.accept(notRecorded(VoteAnswer.NotRecorded.withReceipt(refusal, receipt)));
            return;
        }
        VoterAllowance.Charge charge =
                refusal == null && sender == Sender.VOTER ? fairUse.chargeVote(receipt) : VoterAllowance.FREE;
        if (refusal == null) {
            refusal = fairUse.refusal(charge);
        }
        if (refusal != null) {
            onAnswer.accept(notRecorded(new VoteAnswer.NotRecorded(refusal)));
            return;
        }
        byte[] value = Events.encode(new VoteCast(voteId, ballot.id(), choices, salts.next()));
        log.append(
                voter.partition(listed.partitionCount()),
                voter,
                value,
                VOTE_CAST.headers(voteId.toString()),
                outcome -> {
                    if (outcome instanceof AppendOutcome.NoRoom) {
                        fairUse.giveBack(charge);
                    }
                    onAnswer.accept(answer(outcome, ballot.id(), receipt));
                });
    }

    private VoteAnswer answer(AppendOutcome outcome, String ballotId, Receipt receipt) {
        if (outcome instanceof AppendOutcome.Appended appended) {
            meters.recorded(appended.tookNanos());
            return new RecordedVote(
                    ballotId, receipt, appended.partition(), appended.offset(), appended.appendedAtMs());
        }
        if (outcome instanceof AppendOutcome.NoRoom) {
            return notRecorded(new VoteAnswer.NotRecorded(Problems.overloaded()));
        }
        if (outcome instanceof AppendOutcome.Unknown) {
            return notRecorded(VoteAnswer.NotRecorded.withReceipt(Problems.outcomeUnknown(), receipt));
        }
        throw new IllegalStateException("no answer tells of the outcome " + outcome);
    }

    private VoteAnswer notRecorded(VoteAnswer.NotRecorded answer) {
        meters.notRecorded(answer.problem());
        return answer;
    }

    /**
     * Whether a vote that comes too late is answered with its id. An id that the client made is its own. One that was derived says
     * of which choices it is, and after the end that could be tried out without a trace in the log: so a station is not told, and who
     * has the voter's token is told as often as new votes would be taken from it, right guesses counted like wrong ones.
     */
    private boolean mayLearnId(Sender sender, @Nullable UUID givenId, Pseudonym voter) {
        return givenId != null || (sender == Sender.VOTER && fairUse.mayLearnId(voter));
    }

    private @Nullable Problem refusal(ListedBallot listed, Form form, List<String> choices) {
        if (locked) {
            return Problems.stopping();
        }
        Ballot ballot = listed.ballot();
        Instant now = clock.instant();
        if (now.isBefore(ballot.opensAt())) {
            return Problems.notOpen(ballot.id(), ballot.opensAt());
        }
        if (listed.closing()) {
            return Problems.closed(ballot.id(), "was closed early");
        }
        if (!now.isBefore(ballot.closesAt())) {
            return Problems.closed(ballot.id(), "closed at " + ballot.closesAt());
        }
        return form.wellFormed() ? null : Problems.ruleViolations(ballot.violations(choices));
    }
}
