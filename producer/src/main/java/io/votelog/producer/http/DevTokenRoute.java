// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.netty.handler.codec.http.HttpVersion;
import io.votelog.producer.auth.AuthSettings;
import io.votelog.producer.ballots.StrictJsonObject;
import io.votelog.producer.crypto.UserId;
import io.votelog.producer.problem.Problems;
import io.votelog.producer.votes.ContentType;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import tools.jackson.databind.json.JsonMapper;

/** The route that gives anyone a token for any user, on a system that serves its developer alone. */
@RestController
@ConditionalOnBooleanProperty("votelog.dev.tokens")
class DevTokenRoute {
    private static final Logger LOG = LoggerFactory.getLogger(DevTokenRoute.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration LIFETIME = Duration.ofHours(12);
    private static final int MAX_BYTES = 4 * 1024;
    private static final Set<String> FIELDS = Set.of("userId", "scope");
    private static final String FORM = "the body must be {\"userId\": 1 to %d characters, \"scope\": optional string}: "
            .formatted(UserId.MAX_CHARS);

    /**
     * The headers that proxies add, beside those that begin with {@code X-Forwarded-}. They are looked for because a proxy's
     * default {@code Host} may be this machine's name.
     */
    private static final Set<String> PROXIES = Set.of(
            "forwarded",
            "via",
            "x-real-ip",
            "x-client-ip",
            "x-original-forwarded-for",
            "x-cluster-client-ip",
            "x-envoy-external-address",
            "x-original-host",
            "true-client-ip",
            "cf-connecting-ip",
            "fastly-client-ip",
            "cdn-loop");

    private final AuthSettings auth;
    private final MACSigner signer;
    private final Clock clock;

    DevTokenRoute(AuthSettings auth, Clock clock) throws JOSEException {
        this.auth = auth;
        this.clock = clock;
        // The settings require a secret where there are such tokens.
        String secret = Objects.requireNonNull(auth.hs256Secret());
        this.signer = new MACSigner(secret.getBytes(StandardCharsets.UTF_8));
        LOG.warn("POST /dev/token gives anyone a token for any user; votelog.dev.tokens must be off in public");
    }

    @PostMapping(path = "/dev/token", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<byte[]>> issue(ServerHttpRequest request) {
        request.getHeaders().headerNames().stream()
                .filter(DevTokenRoute::isOfProxy)
                .findFirst()
                .ifPresent(header -> {
                    throw Problems.throughProxy(header).exception();
                });
        requireFromHere(ServerHttpRequestDecorator.getNativeRequest(request));
        QueryParameters.requireNone(request.getURI().getRawQuery());
        String type = ContentType.of(request.getHeaders().getFirst(HttpHeaders.CONTENT_TYPE));
        if (!type.equals(MediaType.APPLICATION_JSON_VALUE)) {
            throw Problems.unsupportedMediaType(type, MediaType.APPLICATION_JSON_VALUE)
                    .exception();
        }
        return Bodies.read(request, MAX_BYTES).map(this::issue);
    }

    /**
     * Refuses a request that comes through a proxy that adds no header: it connects from another address than this machine's,
     * or uses HTTP/1.0, as nginx does unless told otherwise.
     */
    private static void requireFromHere(HttpServerRequest request) {
        boolean here = request.connectionRemoteAddress() instanceof InetSocketAddress peer
                && peer.getAddress() != null
                && peer.getAddress().isLoopbackAddress();
        if (!here) {
            throw Problems.fromElsewhere("this connection comes from another address than its own (127.0.0.0/8, ::1)")
                    .exception();
        }
        if (request.version().equals(HttpVersion.HTTP_1_0)) {
            throw Problems.fromElsewhere(
                            "%s is what proxies speak: send the request by HTTP/1.1".formatted(request.version()))
                    .exception();
        }
    }

    private static boolean isOfProxy(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        return name.startsWith("x-forwarded") || PROXIES.contains(name);
    }

    private ResponseEntity<byte[]> issue(byte[] body) {
        StrictJsonObject asked = StrictJsonObject.read(body, FORM, FIELDS);
        String scope = asked.string("scope", "");
        UserId user =
                UserId.of(asked.string("userId"), fault -> Problems.malformed(FORM + "the field 'userId' " + fault)
                        .exception());
        String token = sign(user, scope);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("token", token);
        answer.put("access_token", token);
        answer.put("tokenType", "Bearer");
        answer.put("expiresIn", LIFETIME.toSeconds());
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .contentType(MediaType.APPLICATION_JSON)
                .body(JSON.writeValueAsBytes(answer));
    }

    private String sign(UserId user, String scope) {
        Instant now = clock.instant();
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .subject(user.text())
                .issuer(auth.issuer())
                .audience(auth.audience())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(LIFETIME)));
        if (!scope.isBlank()) {
            claims.claim("scope", scope);
        }
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .type(JOSEObjectType.JWT)
                        .build(),
                claims.build());
        try {
            token.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return token.serialize();
    }
}
