// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.votelog.events.VoteCast;
import io.votelog.producer.ballots.ListedBallot;
import io.votelog.producer.crypto.Pepper;
import io.votelog.producer.crypto.Salts;
import io.votelog.producer.crypto.UserId;
import io.votelog.producer.limits.FairUse;
import io.votelog.producer.limits.VoterAllowance;
import io.votelog.producer.problem.Problems;
import io.votelog.producer.promises.PromiseSigner;
import io.votelog.rules.Ballot;
import io.votelog.rules.Form;
import io.votelog.schemas.CloudEvent;
import io.votelog.schemas.Events;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.promise.PromisedVote;
import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Casts a vote whose voter is known: checks that the ballot is open and that the vote keeps its rules, then appends it to the
 * log. It never blocks. Single votes and batches both come through here.
 */
public final class BallotBox {
    private static final CloudEvent VOTE_CAST = new CloudEvent("VoteCast", "producer");

    private final Pepper pepper;
    private final VoteLog log;
    private final FairUse fairUse;
    private final Clock clock;
    private final VoteMeters meters;
    private final PromiseSigner promises;
    private final VoteTraces traces;
    private final Salts salts = new Salts();
    private volatile boolean locked;

    /** Who sends a vote. */
    enum Sender {
        /** The voter. Their votes are limited. */
        VOTER,

        /**
         * A system that sends votes on behalf of voters. It is trusted with its list, however long and repetitive, and so with
         * what the answers to its lines tell. While the ballot is open, a line without an id gets the receipt of the vote that
         * the voter cast elsewhere, if that vote had no id and the same choices; the verdict of that receipt then shows that
         * the guess was right. Each guess is a vote in the log. After the end a station gets no derived ids.
         */
        STATION
    }

    /**
     * A vote as it is brought.
     *
     * @param sender who sends it
     * @param voter whose vote it is
     * @param choices option ids as they were sent
     * @param givenId the id that the client chose; null when it is to be derived from voter and choices
     * @param promised whether the answer is to have evidence that the gateway promised the record
     * @param trace the trace that the vote belongs to
     */
    record Attempt(
            Sender sender,
            UserId voter,
            List<String> choices,
            @Nullable UUID givenId,
            boolean promised,
            Context trace) {}

    BallotBox(
            Pepper pepper,
            VoteLog log,
            FairUse fairUse,
            Clock clock,
            VoteMeters meters,
            PromiseSigner promises,
            VoteTraces traces) {
        this.pepper = pepper;
        this.log = log;
        this.fairUse = fairUse;
        this.clock = clock;
        this.meters = meters;
        this.promises = promises;
        this.traces = traces;
    }

    /** Locks the box: no more votes are taken. Votes that are on their way to the log are still answered. */
    public void lock() {
        locked = true;
    }

    /** Whether the box is locked. */
    boolean isLocked() {
        return locked;
    }

    /** Whether a vote that can wait would be taken now, see {@link VoteLog#hasRoomToSpare}. */
    boolean hasRoomToSpare() {
        return log.hasRoomToSpare();
    }

    /**
     * Refuses a vote before it is looked at, when it would not be taken.
     *
     * @throws ProblemException 503 when the box is locked, or there is no room
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
     * @param onAnswer is called once, on any thread, perhaps before this method returns; it must not block
     */
    void cast(ListedBallot listed, Attempt attempt, Consumer<VoteAnswer> onAnswer) {
        Ballot ballot = listed.ballot();
        Sender sender = attempt.sender();
        List<String> choices = attempt.choices();
        UUID givenId = attempt.givenId();
        Pseudonym voter = pepper.pseudonym(ballot.id(), attempt.voter());
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
        int partition = voter.partition(listed.partitionCount());
        Headers headers = VOTE_CAST.headers(voteId.toString());
        Span sending = traces.sending(attempt.trace(), partition, headers);
        log.append(partition, voter, value, headers, outcome -> {
            VoteTraces.sent(sending, outcome);
            if (outcome instanceof AppendOutcome.NoRoom) {
                fairUse.giveBack(charge);
            }
            VoteAnswer answer = answer(outcome, ballot.id(), receipt);
            if (attempt.promised() && answer instanceof RecordedVote recorded) {
                byte[] recordHash =
                        PromisedVote.recordHash(recorded.offset(), recorded.recordedAtMs(), voter.bytes(), value);
                promises.promise(
                        recorded.promised(recordHash), promise -> onAnswer.accept(recorded.with(recordHash, promise)));
            } else {
                onAnswer.accept(answer);
            }
        });
    }

    private VoteAnswer answer(AppendOutcome outcome, String ballotId, Receipt receipt) {
        if (outcome instanceof AppendOutcome.Appended appended) {
            meters.recorded(appended.tookNanos());
            return new RecordedVote(
                    ballotId, receipt, appended.partition(), appended.offset(), appended.appendedAtMs(), null);
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
     * Whether the answer to a vote that comes too late has the vote's id. An id that the client made is no secret to it. A
     * derived id shows of which choices it is made, and after the end guesses could be tried out without a trace in the log. So
     * a station gets none, and whoever has the voter's token gets one as often as new votes would be allowed, with right
     * guesses counted like wrong ones.
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
