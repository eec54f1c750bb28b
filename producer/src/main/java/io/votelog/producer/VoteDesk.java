package io.votelog.producer;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Takes one voter's vote from the request to the ballot box: who is it, which ballot, is the body a vote. It knows no web framework
 * and never blocks.
 */
final class VoteDesk {
    private final FairUse fairUse;
    private final BearerTokens tokens;
    private final Catalogue catalogue;
    private final BallotBox box;
    private final VoteMeters meters;

    VoteDesk(FairUse fairUse, BearerTokens tokens, Catalogue catalogue, BallotBox box, VoteMeters meters) {
        this.fairUse = fairUse;
        this.tokens = tokens;
        this.catalogue = catalogue;
        this.box = box;
        this.meters = meters;
    }

    /**
     * What a request for a vote is answered.
     *
     * @param rateLimit what the user may still send, as {@link FairUse} tells it
     */
    record Reply(VoteAnswer answer, Optional<String> rateLimit) {}

    /** Casts a vote; whatever is wrong with it is an answer. */
    Mono<Reply> cast(VoteRequest request) {
        try {
            // Before anything that costs more than saying no.
            box.requireOpen();
            fairUse.ofAddress(request.peer(), request.headers());
        } catch (ProblemException refused) {
            return notRecorded(refused);
        }
        return tokens.authenticate(request.header("Authorization"))
                .flatMap(caller -> {
                    Optional<String> rateLimit = fairUse.ofUser(caller.userId());
                    catalogue.servable(request.ballotId());
                    requireJson(request.header("Content-Type"));
                    return request.body().flatMap(body -> cast(caller, request, body, rateLimit));
                })
                .onErrorResume(ProblemException.class, this::notRecorded);
    }

    private Mono<Reply> cast(Caller caller, VoteRequest request, byte[] body, Optional<String> rateLimit) {
        // The body may have taken its time, and the ballot been closed meanwhile: it is looked up again.
        ListedBallot listed = catalogue.servable(request.ballotId());
        List<String> choices = VoteBody.ofBody(body).choices();
        UUID voteId = IdempotencyKey.read(request.headers().apply(IdempotencyKey.HEADER));
        // A client that goes away does not undo what is on its way to the log.
        return Mono.create(sink -> box.cast(listed, caller.userId(), choices, voteId, answer -> request.answersOn()
                .execute(() -> sink.success(new Reply(answer, rateLimit)))));
    }

    private Mono<Reply> notRecorded(ProblemException refused) {
        meters.notRecorded(refused.problem());
        return Mono.just(new Reply(new VoteAnswer.NotRecorded(refused.problem()), Optional.empty()));
    }

    private static void requireJson(@Nullable String contentType) {
        String type = ContentType.of(contentType);
        if (!type.equals("application/json")) {
            throw Problem.unsupportedMediaType(type, "application/json").exception();
        }
    }
}
