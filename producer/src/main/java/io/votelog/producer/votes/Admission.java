// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import io.votelog.producer.auth.BearerTokens;
import io.votelog.producer.auth.Caller;
import io.votelog.producer.ballots.Catalogue;
import io.votelog.producer.limits.FairUse;
import io.votelog.producer.problem.Problems;
import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Admits or refuses a request that brings votes, by what can be checked before its body is read, the cheapest check first: the
 * address's share, the request's origin, method and query, the room in front of the log, the token, the user's share, the
 * token's scope, the ballot, the media type.
 */
public final class Admission {
    private final FairUse fairUse;
    private final BearerTokens tokens;
    private final Catalogue catalogue;
    private final BallotBox box;

    Admission(FairUse fairUse, BearerTokens tokens, Catalogue catalogue, BallotBox box) {
        this.fairUse = fairUse;
        this.tokens = tokens;
        this.catalogue = catalogue;
        this.box = box;
    }

    /**
     * What a request must have.
     *
     * @param scope the scope that its token must have; null when any token will do
     * @param mediaType the media type of its body
     */
    record Terms(@Nullable String scope, String mediaType) {}

    /**
     * The head of a request.
     *
     * @param ballotId the ballot id in the path
     * @param peer the address of the connection's other end, which may be a proxy; null when it has none
     * @param headers gives all values of the header of this name, in order
     * @param fault what is wrong with its origin, method or query, or null. It is told only after the address's token was
     *     taken, so such a request costs a token like any other
     */
    public record Head(
            String ballotId,
            @Nullable InetSocketAddress peer,
            Function<String, List<String>> headers,
            @Nullable Problem fault) {
        /** The first value of a header, or null. */
        @Nullable
        String header(String name) {
            List<String> values = headers.apply(name);
            return values.isEmpty() ? null : values.get(0);
        }
    }

    /**
     * The sender of an admitted request.
     *
     * @param rateLimit what the user may still send, in the form of {@link FairUse#chargeUser}
     */
    record Admitted(Caller caller, Optional<String> rateLimit) {}

    /** Admits the request; fails with a {@link ProblemException} when it is refused. */
    Mono<Admitted> admit(Head head, Terms terms) {
        try {
            fairUse.chargeAddress(head.peer(), head.headers());
            if (head.fault() != null) {
                throw head.fault().exception();
            }
            box.requireOpen();
        } catch (ProblemException refused) {
            return Mono.error(refused);
        }
        return tokens.authenticate(head.header("Authorization")).map(caller -> admit(caller, head, terms));
    }

    private Admitted admit(Caller caller, Head head, Terms terms) {
        Optional<String> rateLimit = fairUse.chargeUser(caller.userId());
        if (terms.scope() != null && !caller.scopes().contains(terms.scope())) {
            throw Problems.missingScope(terms.scope()).exception();
        }
        catalogue.servable(head.ballotId());
        String type = ContentType.of(head.header("Content-Type"));
        if (!type.equals(terms.mediaType())) {
            throw Problems.unsupportedMediaType(type, terms.mediaType()).exception();
        }
        return new Admitted(caller, rateLimit);
    }
}
