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
 * Lets a request with votes in, or not, by all that can be told before its body is read, the cheapest first: does its
 * address keep to a fair share, is it put as it must be, is there room, who is it, may it, is the ballot known here, is the body what it
 * should be.
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
     * @param scope what its token must allow; null when any token will do
     * @param mediaType of its body
     */
    record Terms(@Nullable String scope, String mediaType) {}

    /**
     * The head of a request.
     *
     * @param ballotId from the path
     * @param peer the other end of the connection, a proxy perhaps; null when it has no address
     * @param headers all values of a header, in order, by its name
     * @param fault what is wrong with its origin, method or query, or null. It is told only to whom the address's share leaves it: a
     *     request that is refused for it takes a token like any other
     */
    public record Head(
            String ballotId,
            @Nullable InetSocketAddress peer,
            Function<String, List<String>> headers,
            @Nullable Problem fault) {
        /** The header's first value, or null. */
        @Nullable
        String header(String name) {
            List<String> values = headers.apply(name);
            return values.isEmpty() ? null : values.get(0);
        }
    }

    /**
     * Who was let in.
     *
     * @param rateLimit what the user may still send, as {@link FairUse} tells it
     */
    record Admitted(Caller caller, Optional<String> rateLimit) {}

    /** Lets the request in; fails with a {@link ProblemException} when it is refused. */
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
