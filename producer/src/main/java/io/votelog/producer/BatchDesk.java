package io.votelog.producer;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Takes votes that another system sends on behalf of its voters: who is it, may it, which ballot; then line by line. It knows no
 * web framework and never blocks.
 */
final class BatchDesk {
    static final String SUBMIT_VOTES = "votes:submit";
    static final String MEDIA_TYPE = "application/x-ndjson";

    private final FairUse fairUse;
    private final BearerTokens tokens;
    private final Catalogue catalogue;
    private final BallotBox box;
    private final VoteMeters meters;

    BatchDesk(FairUse fairUse, BearerTokens tokens, Catalogue catalogue, BallotBox box, VoteMeters meters) {
        this.fairUse = fairUse;
        this.tokens = tokens;
        this.catalogue = catalogue;
        this.box = box;
        this.meters = meters;
    }

    /**
     * Lets a batch in; fails with a {@link ProblemException} when it is refused as a whole. For fair use a batch is one request of
     * the system that sends it, however many lines it has.
     *
     * @param peer the other end of the connection, a proxy perhaps; null when it has no address
     * @param headers all values of a header, in order, by its name
     */
    Mono<Batch> admit(String ballotId, @Nullable InetSocketAddress peer, Function<String, List<String>> headers) {
        try {
            box.requireOpen();
            fairUse.ofAddress(peer, headers);
        } catch (ProblemException refused) {
            meters.notRecorded(refused.problem());
            return Mono.error(refused);
        }
        return tokens.authenticate(first(headers.apply("Authorization")))
                .map(caller -> {
                    fairUse.ofUser(caller.userId());
                    if (!caller.scopes().contains(SUBMIT_VOTES)) {
                        throw Problem.missingScope(SUBMIT_VOTES).exception();
                    }
                    catalogue.servable(ballotId);
                    String type = ContentType.of(first(headers.apply("Content-Type")));
                    if (!type.equals(MEDIA_TYPE)) {
                        throw Problem.unsupportedMediaType(type, MEDIA_TYPE).exception();
                    }
                    return new Batch(ballotId);
                })
                .doOnError(ProblemException.class, refused -> meters.notRecorded(refused.problem()));
    }

    private static @Nullable String first(List<String> values) {
        return values.isEmpty() ? null : values.get(0);
    }

    /** A batch that was let in. */
    final class Batch {
        private final String ballotId;

        private Batch(String ballotId) {
            this.ballotId = ballotId;
        }

        /** Whether there is room for the next line; to wait for it is better than to be refused. */
        boolean hasRoom() {
            return box.hasRoom();
        }

        /** Whether this gateway is stopping, so that no more lines should be read. */
        boolean isOver() {
            return box.isLocked();
        }

        /**
         * Casts the vote in a line; whatever is wrong with it is an answer.
         *
         * @param told is called once, on any thread, perhaps before this returns
         */
        void cast(byte[] bytes, int offset, int length, Consumer<VoteAnswer> told) {
            try {
                VoteBody vote = VoteBody.ofLine(bytes, offset, length);
                box.cast(
                        catalogue.servable(ballotId),
                        String.valueOf(vote.voter()),
                        vote.choices(),
                        vote.voteId(),
                        told);
            } catch (ProblemException refused) {
                refuse(refused.problem(), told);
            }
        }

        /** Answers a line that has too many bytes. */
        void refuseTooLong(Consumer<VoteAnswer> told) {
            refuse(Problem.tooLarge(VoteBody.MAX_BYTES), told);
        }

        private void refuse(Problem problem, Consumer<VoteAnswer> told) {
            meters.notRecorded(problem);
            told.accept(new VoteAnswer.NotRecorded(problem));
        }
    }
}
