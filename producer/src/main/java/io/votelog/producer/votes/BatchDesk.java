// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import io.opentelemetry.context.Context;
import io.votelog.producer.ballots.Catalogue;
import io.votelog.producer.problem.Problems;
import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemException;
import java.util.Objects;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/**
 * Takes a batch: votes that another system sends on behalf of its voters. It admits the batch, then casts its lines one by one.
 * It uses no web framework and never blocks.
 */
public final class BatchDesk {
    static final String SUBMIT_VOTES = "votes:submit";

    /** The type of a batch and of its answer: a JSON document a line. */
    public static final String MEDIA_TYPE = "application/x-ndjson";

    private static final Admission.Terms TERMS = new Admission.Terms(SUBMIT_VOTES, MEDIA_TYPE);

    private final Admission admission;
    private final Catalogue catalogue;
    private final BallotBox box;
    private final VoteMeters meters;

    BatchDesk(Admission admission, Catalogue catalogue, BallotBox box, VoteMeters meters) {
        this.admission = admission;
        this.catalogue = catalogue;
        this.box = box;
        this.meters = meters;
    }

    /**
     * Admits a batch; fails with a {@link ProblemException} when it is refused as a whole. For fair use a batch is one request
     * of the system that sends it, however many lines it has.
     */
    public Mono<Batch> admit(Admission.Head head) {
        return admission
                .admit(head, TERMS)
                .map(admitted -> new Batch(
                        head.ballotId(),
                        Preference.read(head.headers().apply(Preference.HEADER)) == Preference.REPRESENTATION))
                .doOnError(ProblemException.class, refused -> meters.notRecorded(refused.problem()));
    }

    /** An admitted batch. */
    public final class Batch {
        private final String ballotId;
        private final boolean promised;

        private Batch(String ballotId, boolean promised) {
            this.ballotId = ballotId;
            this.promised = promised;
        }

        /** Whether there is room for the next line. When there is none, it is better to wait than to have the line refused. */
        public boolean hasRoom() {
            return box.hasRoomToSpare();
        }

        /** Whether this gateway is stopping, so that no more lines should be read. */
        public boolean isOver() {
            return box.isLocked();
        }

        /**
         * Casts the vote in a line. Whatever is wrong with the line is its answer.
         *
         * @param onAnswer is called once, on any thread, perhaps before this method returns
         */
        public void cast(byte[] bytes, int offset, int length, Consumer<VoteAnswer> onAnswer) {
            try {
                VoteBody vote = VoteBody.ofLine(bytes, offset, length);
                BallotBox.Attempt attempt = new BallotBox.Attempt(
                        BallotBox.Sender.STATION,
                        Objects.requireNonNull(vote.voter()),
                        vote.choices(),
                        vote.voteId(),
                        promised,
                        Context.root());
                box.cast(catalogue.servable(ballotId), attempt, onAnswer);
            } catch (ProblemException refused) {
                refuse(refused.problem(), onAnswer);
            }
        }

        /** Answers a line that is longer than {@link VoteBody#MAX_BYTES}. */
        public void refuseTooLong(Consumer<VoteAnswer> onAnswer) {
            refuse(Problems.tooLarge(VoteBody.MAX_BYTES), onAnswer);
        }

        private void refuse(Problem problem, Consumer<VoteAnswer> onAnswer) {
            meters.notRecorded(problem);
            onAnswer.accept(new VoteAnswer.NotRecorded(problem));
        }
    }
}
