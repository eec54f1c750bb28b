// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import io.votelog.producer.crypto.UserId;
import io.votelog.producer.problem.Problems;
import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Authenticates requests by their bearer tokens (RFC 6750), which are signed JWTs. The algorithm that a token names decides
 * which of the configured keys may have signed it: HS256 the shared secret alone, RS256 and ES256 the provider's key set alone.
 * It never blocks, and answers at once unless a token names a key that has to be fetched.
 */
public final class BearerTokens implements AutoCloseable {
    static final Duration CLOCK_SKEW = Duration.ofSeconds(30);
    private static final String SCHEME = "Bearer ";
    private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");

    private final @Nullable SharedSecret secret;
    private final @Nullable ProviderKeys provider;
    private final @Nullable String issuer;
    private final @Nullable String audience;
    private final Clock clock;
    private final JoseHeaders headers = new JoseHeaders();

    BearerTokens(AuthSettings auth, @Nullable ProviderKeys provider, Clock clock) {
        this.secret = auth.hs256Secret() == null ? null : new SharedSecret(auth.hs256Secret());
        this.provider = provider;
        this.issuer = auth.issuer();
        this.audience = auth.audience();
        this.clock = clock;
    }

    /** Authenticates by these settings, and begins to fetch the provider's keys. */
    static BearerTokens of(AuthSettings auth) {
        ProviderKeys provider = auth.jwkSetUri() == null
                ? null
                : new ProviderKeys(auth.jwkSetUri(), SignatureProvider.fastest(), System::nanoTime);
        return new BearerTokens(auth, provider, Clock.systemUTC());
    }

    /**
     * Authenticates the caller of a request.
     *
     * @param authorization the {@code Authorization} header
     * @return the caller; fails with a {@link ProblemException}: 401 when the token is missing or not trusted, 503 when the
     *     provider's keys cannot be fetched
     */
    public Mono<Caller> authenticate(@Nullable String authorization) {
        if (authorization == null) {
            return Mono.error(missing().exception());
        }
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Mono.error(Problems.unauthorized(false, "the Authorization header must be: Bearer <token>")
                    .exception());
        }
        return check(authorization.substring(SCHEME.length()).strip());
    }

    /** The problem (401) of a request without a token. */
    public static Problem missing() {
        return Problems.unauthorized(false, "the Authorization header is missing; send Authorization: Bearer <token>");
    }

    /** Authenticates the bearer of a token; fails as {@link #authenticate} does. */
    public Mono<Caller> check(String token) {
        try {
            Jws jws = Jws.parse(token, headers);
            TokenAlgorithm algorithm = jws.header().algorithm();
            if (algorithm == TokenAlgorithm.HS256 && secret != null) {
                return Mono.just(caller(jws, List.of(secret)));
            }
            if (algorithm != null && algorithm != TokenAlgorithm.HS256 && provider != null) {
                return check(jws, algorithm, provider);
            }
            throw Jws.refused("the token's algorithm is not accepted here; accepted: " + accepted());
        } catch (ProblemException refused) {
            return Mono.error(refused);
        }
    }

    private Mono<Caller> check(Jws jws, TokenAlgorithm algorithm, ProviderKeys provider) {
        List<ProviderKey> keys = matching(jws, algorithm, provider);
        if (keys.isEmpty()) {
            Optional<Mono<Void>> newer = provider.fetchNewer();
            if (newer.isPresent()) {
                return newer.get().then(Mono.fromSupplier(() -> callerOf(jws, algorithm, provider)));
            }
        }
        return Mono.just(keys.isEmpty() ? callerOf(jws, algorithm, provider) : caller(jws, keys));
    }

    /** Checks the token with the keys that are known now. */
    private Caller callerOf(Jws jws, TokenAlgorithm algorithm, ProviderKeys provider) {
        List<ProviderKey> keys = matching(jws, algorithm, provider);
        if (!keys.isEmpty()) {
            return caller(jws, keys);
        }
        if (provider.known() == null) {
            throw Problems.unavailable("the keys that tokens are checked with cannot be fetched at the moment")
                    .exception();
        }
        throw Jws.refused(
                jws.header().keyId() == null
                        ? "the provider has no key for the token's algorithm"
                        : "the provider has no key with the token's kid for its algorithm");
    }

    private static List<ProviderKey> matching(Jws jws, TokenAlgorithm algorithm, ProviderKeys provider) {
        KeySet known = provider.known();
        return known == null
                ? List.of()
                : known.matching(algorithm, jws.header().keyId());
    }

    private Caller caller(Jws jws, List<? extends TokenKey> keys) {
        for (TokenKey key : keys) {
            if (jws.signedBy(key)) {
                return caller(jws.header(), TokenClaims.parse(jws.payload(headers)));
            }
        }
        throw Jws.refused("the token's signature does not hold");
    }

    private Caller caller(JoseHeader header, TokenClaims claims) {
        String type = header.type();
        if (type != null && !type.isBlank() && !TYPES.contains(type.toLowerCase(Locale.ROOT))) {
            throw Jws.refused("the token's typ must be JWT or at+jwt");
        }
        checkTimes(claims);
        if (issuer != null && !issuer.equals(claims.issuer())) {
            throw Jws.refused("the claim iss must be " + issuer);
        }
        if (audience != null && !claims.audience().contains(audience)) {
            throw Jws.refused("the claim aud must hold " + audience);
        }
        String subject = claims.subject();
        if (subject == null) {
            throw Jws.refused("the claim sub is missing");
        }
        UserId user = UserId.of(subject, fault -> Jws.refused("the claim sub " + fault));
        return new Caller(user, scopes(claims.scope()));
    }

    private void checkTimes(TokenClaims claims) {
        Instant now = clock.instant();
        Instant expiresAt = claims.expiresAt();
        if (expiresAt == null) {
            throw Jws.refused("the claim exp is missing");
        }
        if (now.minus(CLOCK_SKEW).isAfter(expiresAt)) {
            throw Jws.refused("the token expired at " + expiresAt);
        }
        Instant notBefore = claims.notBefore();
        if (notBefore != null && now.plus(CLOCK_SKEW).isBefore(notBefore)) {
            throw Jws.refused("the token is not valid before " + notBefore);
        }
        Instant issuedAt = claims.issuedAt();
        if (issuedAt != null && !issuedAt.isBefore(expiresAt)) {
            throw Jws.refused("the claim exp must be later than iat");
        }
    }

    private static Set<String> scopes(String scope) {
        String given = scope.strip();
        return given.isEmpty() ? Set.of() : Set.copyOf(List.of(given.split(" +")));
    }

    private String accepted() {
        List<String> accepted = new ArrayList<>();
        if (secret != null) {
            accepted.add("HS256");
        }
        if (provider != null) {
            accepted.add("RS256");
            accepted.add("ES256");
        }
        return String.join(", ", accepted);
    }

    @Override
    public void close() {
        if (provider != null) {
            provider.close();
        }
    }
}
