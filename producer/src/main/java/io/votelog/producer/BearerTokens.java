package io.votelog.producer;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.NimbusReactiveJwtDecoder;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;
import reactor.core.publisher.Mono;

/**
 * Tells who sends a request by its bearer token (RFC 6750), a signed JWT. The algorithm that the token names decides which of the
 * configured keys may have signed it: the shared secret HS256 alone, the provider's key set RS256 and ES256 alone.
 */
final class BearerTokens implements ReactiveJwtDecoder {
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(30);
    private static final String SCHEME = "Bearer ";
    private static final String DECODER_PREFIX = "An error occurred while attempting to decode the Jwt: ";

    private final Map<String, ReactiveJwtDecoder> decoders;

    private BearerTokens(Map<String, ReactiveJwtDecoder> decoders) {
        this.decoders = decoders;
    }

    /** The tokens that these settings trust. */
    static BearerTokens of(AuthSettings auth) {
        OAuth2TokenValidator<Jwt> rules = rules(auth);
        Map<String, ReactiveJwtDecoder> decoders = new LinkedHashMap<>();
        if (auth.hs256Secret() != null) {
            byte[] secret = auth.hs256Secret().getBytes(StandardCharsets.UTF_8);
            NimbusReactiveJwtDecoder decoder = NimbusReactiveJwtDecoder.withSecretKey(
                            new SecretKeySpec(secret, "HmacSHA256"))
                    .macAlgorithm(MacAlgorithm.HS256)
                    .validateType(false)
                    .build();
            decoder.setJwtValidator(rules);
            decoders.put("HS256", decoder);
        }
        if (auth.jwkSetUri() != null) {
            ProviderKeys keys = new ProviderKeys(auth.jwkSetUri());
            for (SignatureAlgorithm algorithm : List.of(SignatureAlgorithm.RS256, SignatureAlgorithm.ES256)) {
                NimbusReactiveJwtDecoder decoder = NimbusReactiveJwtDecoder.withJwkSource(keys::of)
                        .jwsAlgorithm(algorithm)
                        .validateType(false)
                        .build();
                decoder.setJwtValidator(rules);
                decoders.put(algorithm.getName(), decoder);
            }
        }
        return new BearerTokens(decoders);
    }

    /**
     * Who the header's token stands for.
     *
     * @param authorization the {@code Authorization} header
     * @return fails with a {@link ProblemException}: 401 when the token is missing or not trusted, 503 when the provider's keys
     *     cannot be fetched
     */
    Mono<Caller> authenticate(@Nullable String authorization) {
        if (authorization == null) {
            return Mono.error(Problem.unauthorized(
                            false, "the Authorization header is missing; send Authorization: Bearer <token>")
                    .exception());
        }
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Mono.error(Problem.unauthorized(false, "the Authorization header must be: Bearer <token>")
                    .exception());
        }
        return decode(authorization.substring(SCHEME.length()).strip())
                .map(BearerTokens::caller)
                .onErrorMap(JwtException.class, failure -> problem(failure).exception());
    }

    @Override
    public Mono<Jwt> decode(String token) {
        String algorithm = algorithm(token);
        ReactiveJwtDecoder decoder = algorithm == null ? null : decoders.get(algorithm);
        if (decoder == null) {
            return Mono.error(new BadJwtException(
                    algorithm == null
                            ? "the token is no signed JWT"
                            : "the token's algorithm is not accepted here; accepted: "
                                    + String.join(", ", decoders.keySet())));
        }
        // So fails the fetching of a provider's keys.
        return decoder.decode(token)
                .onErrorMap(
                        IllegalStateException.class,
                        failure -> new JwtException("the keys cannot be fetched", failure));
    }

    /** The caller in a token that was found valid. */
    static Caller caller(Jwt token) {
        String scope = token.getClaim("scope") instanceof String given ? given.strip() : "";
        // The rules below let no token without a subject pass.
        return new Caller(
                Objects.requireNonNull(token.getSubject()), scope.isEmpty() ? Set.of() : Set.of(distinct(scope)));
    }

    /** What a token is refused with. */
    static Problem problem(JwtException failure) {
        if (failure instanceof BadJwtException) {
            String message = String.valueOf(failure.getMessage());
            String detail = message.startsWith(DECODER_PREFIX) ? message.substring(DECODER_PREFIX.length()) : message;
            return Problem.unauthorized(true, detail);
        }
        return Problem.unavailable("the keys that tokens are checked with cannot be fetched at the moment");
    }

    private static String[] distinct(String scope) {
        return Arrays.stream(scope.split(" +")).distinct().toArray(String[]::new);
    }

    private static @Nullable String algorithm(String token) {
        int dot = token.indexOf('.');
        if (dot < 0) {
            return null;
        }
        try {
            return JWSHeader.parse(new Base64URL(token.substring(0, dot)))
                    .getAlgorithm()
                    .getName();
        } catch (ParseException | IllegalArgumentException notSigned) {
            return null;
        }
    }

    private static OAuth2TokenValidator<Jwt> rules(AuthSettings auth) {
        List<OAuth2TokenValidator<Jwt>> rules = new ArrayList<>();
        JwtTypeValidator type = new JwtTypeValidator("JWT", "at+jwt", "application/at+jwt");
        type.setAllowEmpty(true);
        rules.add(type);
        rules.add(new JwtTimestampValidator(CLOCK_SKEW));
        rules.add(new JwtClaimValidator<Object>("exp", exp -> exp != null));
        rules.add(new JwtClaimValidator<Object>(
                "sub", sub -> sub instanceof String user && !user.isBlank() && user.length() <= Caller.MAX_USER_ID));
        String issuer = auth.issuer();
        if (issuer != null) {
            rules.add(new JwtClaimValidator<Object>("iss", given -> given != null && issuer.equals(given.toString())));
        }
        String audience = auth.audience();
        if (audience != null) {
            rules.add(new JwtClaimValidator<List<String>>("aud", given -> given != null && given.contains(audience)));
        }
        return new DelegatingOAuth2TokenValidator<>(rules);
    }
}
