// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import io.opentelemetry.context.Context;
import io.votelog.producer.ballots.Catalogue;
import io.votelog.producer.ballots.ListedBallot;
import io.votelog.producer.limits.FairUse;
import io.votelog.producer.votes.Admission.Admitted;
import io.votelog.web.problem.ProblemException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import reactor.core.publisher.Mono;

/**
 * Takes a single vote from the request to the ballot box: admits the request, then reads its body. It uses no web framework and
 * never blocks.
 */
public final class VoteDesk {
    private static final Admission.Terms TERMS = new Admission.Terms(null, "application/json");

    private final Admission admission;
    private final Catalogue catalogue;
    private final BallotBox box;
    private final VoteMeters meters;

    VoteDesk(Admission admission, Catalogue catalogue, BallotBox box, VoteMeters meters) {
        this.admission = admission;
        this.catalogue = catalogue;
        this.box = box;
        this.meters = meters;
    }

    /**
     * A request with a vote.
     *
     * @param body the body, read on subscription; it fails with a {@link ProblemException} (413) when it is longer than {@link
     *     VoteBody#MAX_BYTES}
     * @param answersOn runs what follows the log's acknowledgement
     * @param trace the request's trace, by {@link VoteTraces#request}
     */
    public record Request(Admission.Head head, Mono<byte[]> body, Executor answersOn, Context trace) {}

    /**
     * The reply to a vote.
     *
     * @param rateLimit what the user may still send, in the form of {@link FairUse#chargeUser}
     */
    public record Reply(VoteAnswer answer, Optional<String> rateLimit) {}

    /** Casts a vote. Whatever is wrong with it is the answer. */
    public Mono<Reply> cast(Request request) {
        return admission
                .admit(request.head(), TERMS)
                .flatMap(admitted -> request.body().flatMap(body -> cast(admitted, request, body)))
                .onErrorResume(ProblemException.class, this::notRecorded);
    }

    private Mono<Reply> cast(Admitted admitted, Request request, byte[] body) {
        // The body may have taken a while, and the ballot may have been closed meanwhile, so it is looked up again.
        ListedBallot listed = catalogue.servable(request.head().ballotId());
        List<String> choices = VoteBody.ofBody(body).choices();
        UUID voteId = IdempotencyKey.read(request.head().headers().apply(IdempotencyKey.HEADER));
        boolean promised = Preference.read(request.head().headers().apply(Preference.HEADER)) != Preference.MINIMAL;
        // A client that goes away does not undo a vote that is on its way to the log.
        BallotBox.Attempt attempt = new BallotBox.Attempt(
                BallotBox.Sender.VOTER, admitted.caller().userId(), choices, voteId, promised, request.trace());
        return Mono.create(sink -> box.cast(listed, attempt, answer -> request.answersOn()
                .execute(() -> sink.success(new Reply(answer, admitted.rateLimit())))));
    }

    private Mono<Reply> notRecorded(ProblemException refused) {
        meters.notRecorded(refused.problem());
        return Mono.just(new Reply(new VoteAnswer.NotRecorded(refused.problem()), Optional.empty()));
    }
}
