// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import com.nimbusds.jose.jwk.JWK;
import io.votelog.producer.crypto.UserId;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.NimbusReactiveJwtDecoder;
import reactor.core.publisher.Flux;

/** Checks tokens with Spring Security and Nimbus. */
final class TokenOracle {
    private final Map<TokenAlgorithm, NimbusReactiveJwtDecoder> decoders = new EnumMap<>(TokenAlgorithm.class);

    TokenOracle(String secret, List<? extends JWK> keys, String issuer, String audience, Clock clock) {
        decoders.put(
                TokenAlgorithm.HS256,
                NimbusReactiveJwtDecoder.withSecretKey(
                                new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"))
                        .macAlgorithm(MacAlgorithm.HS256)
                        .validateType(false)
                        .build());
        decoders.put(TokenAlgorithm.RS256, publicKeys(keys, SignatureAlgorithm.RS256));
        decoders.put(TokenAlgorithm.ES256, publicKeys(keys, SignatureAlgorithm.ES256));
        decoders.values().forEach(decoder -> decoder.setJwtValidator(rules(issuer, audience, clock)));
    }

    private static NimbusReactiveJwtDecoder publicKeys(List<? extends JWK> keys, SignatureAlgorithm algorithm) {
        return NimbusReactiveJwtDecoder.withJwkSource(token -> Flux.fromIterable(keys))
                .jwsAlgorithm(algorithm)
                .validateType(false)
                .build();
    }

    private static OAuth2TokenValidator<Jwt> rules(String issuer, String audience, Clock clock) {
        List<OAuth2TokenValidator<Jwt>> rules = new ArrayList<>();
        JwtTypeValidator type = new JwtTypeValidator("JWT", "at+jwt", "application/at+jwt");
        type.setAllowEmpty(true);
        rules.add(type);
        JwtTimestampValidator times = new JwtTimestampValidator(Duration.ofSeconds(30));
        times.setClock(clock);
        rules.add(times);
        rules.add(new JwtClaimValidator<Object>("exp", Objects::nonNull));
        rules.add(new JwtClaimValidator<Object>(
                "sub", sub -> sub instanceof String user && !user.isBlank() && user.length() <= UserId.MAX_CHARS));
        rules.add(new JwtClaimValidator<Object>("iss", given -> given != null && issuer.equals(given.toString())));
        rules.add(new JwtClaimValidator<List<String>>("aud", given -> given != null && given.contains(audience)));
        return new DelegatingOAuth2TokenValidator<>(rules);
    }

    /** The bearer as the oracle sees it: {@link Caller} with any text as the user. */
    record Bearer(String user, Set<String> scopes) {}

    /** The bearer according to the first decoder that accepts the token. */
    Optional<Bearer> caller(String token) {
        for (NimbusReactiveJwtDecoder decoder : decoders.values()) {
            try {
                Jwt jwt = Objects.requireNonNull(decoder.decode(token).block());
                String scope = jwt.getClaim("scope") instanceof String given ? given.strip() : "";
                return Optional.of(new Bearer(
                        jwt.getSubject(), scope.isEmpty() ? Set.of() : Set.copyOf(List.of(scope.split(" +")))));
            } catch (JwtException | IllegalArgumentException refused) {
                // The next decoder may accept it.
            }
        }
        return Optional.empty();
    }
}
