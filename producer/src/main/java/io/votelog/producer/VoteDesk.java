package io.votelog.producer;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Takes one voter's vote from the request to the ballot box: who is it, which ballot, is the body a vote. It knows no web framework
 * and never blocks.
 */
final class VoteDesk {
    private final BearerTokens tokens;
    private final Catalogue catalogue;
    private final BallotBox box;
    private final VoteMeters meters;

    VoteDesk(BearerTokens tokens, Catalogue catalogue, BallotBox box, VoteMeters meters) {
        this.tokens = tokens;
        this.catalogue = catalogue;
        this.box = box;
        this.meters = meters;
    }

    /** Casts a vote; whatever is wrong with it is an answer. */
    Mono<VoteAnswer> cast(VoteRequest request) {
        // Before anything that costs more than saying no.
        if (box.isLocked()) {
            return notRecorded(Problem.stopping());
        }
        if (!box.hasRoom()) {
            return notRecorded(Problem.overloaded());
        }
        return tokens.authenticate(request.authorization())
                .flatMap(caller -> {
                    catalogue.servable(request.ballotId());
                    requireJson(request.contentType());
                    // The body may take its time, and the ballot be closed meanwhile: it is looked up again.
                    return request.body()
                            .flatMap(body -> cast(catalogue.servable(request.ballotId()), caller, request, body));
                })
                .onErrorResume(ProblemException.class, refused -> notRecorded(refused.problem()));
    }

    private Mono<VoteAnswer> cast(ListedBallot listed, Caller caller, VoteRequest request, byte[] body) {
        List<String> choices = VoteBody.ofBody(body).choices();
        UUID voteId = IdempotencyKey.read(request.idempotencyKeys());
        // A client that goes away does not undo what is on its way to the log.
        return Mono.create(sink -> box.cast(listed, caller.userId(), choices, voteId, answer -> request.answersOn()
                .execute(() -> sink.success(answer))));
    }

    private Mono<VoteAnswer> notRecorded(Problem problem) {
        meters.notRecorded(problem);
        return Mono.just(new VoteAnswer.NotRecorded(problem));
    }

    private static void requireJson(@Nullable String contentType) {
        String type = ContentType.of(contentType);
        if (!type.equals("application/json")) {
            throw Problem.unsupportedMediaType(type, "application/json").exception();
        }
    }
}
