package io.votelog.producer;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/**
 * An OpenID provider's keys. They are fetched again when they are old, or when a token names one that is not among them, yet however
 * many such tokens come, not more often than {@link #SHORTEST}. While the provider is away the last keys hold.
 */
final class ProviderKeys {
    static final Duration SHORTEST = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(ProviderKeys.class);
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final URI uri;
    private final WebClient client = WebClient.builder()
            .clientConnector(new ReactorClientHttpConnector(HttpClient.create().responseTimeout(TIMEOUT)))
            .build();
    private final AtomicReference<@Nullable Mono<List<JWK>>> fetching = new AtomicReference<>();
    private volatile @Nullable Fetched last;

    ProviderKeys(URI uri) {
        this.uri = uri;
    }

    private record Fetched(List<JWK> keys, long atNanos) {
        boolean olderThan(Duration age) {
            return System.nanoTime() - atNanos > age.toNanos();
        }

        boolean has(@Nullable String keyId) {
            return keyId == null || keys.stream().anyMatch(key -> keyId.equals(key.getKeyID()));
        }
    }

    /** The keys that may have signed the token. */
    Flux<JWK> of(SignedJWT token) {
        Fetched known = last;
        if (known != null) {
            boolean enough = known.has(token.getHeader().getKeyID()) && !known.olderThan(LONGEST);
            if (enough || !known.olderThan(SHORTEST)) {
                return Flux.fromIterable(known.keys());
            }
        }
        return fetch().flatMapIterable(keys -> keys);
    }

    /** Whoever comes while a fetch is under way waits for that one. */
    private Mono<List<JWK>> fetch() {
        Mono<List<JWK>> underWay = fetching.get();
        if (underWay != null) {
            return underWay;
        }
        Mono<List<JWK>> fetch = client.get()
                .uri(uri)
                .retrieve()
                .bodyToMono(String.class)
                .timeout(TIMEOUT)
                .map(ProviderKeys::parse)
                .onErrorResume(failure -> {
                    Fetched known = last;
                    if (known == null) {
                        return Mono.error(failure);
                    }
                    LOG.warn("The keys at {} cannot be fetched; the last ones hold: {}", uri, failure.toString());
                    return Mono.just(known.keys());
                })
                .doOnNext(keys -> last = new Fetched(keys, System.nanoTime()))
                .doFinally(end -> fetching.set(null))
                .cache();
        return fetching.compareAndSet(null, fetch) ? fetch : fetch();
    }

    private static List<JWK> parse(String json) {
        try {
            return JWKSet.parse(json).getKeys();
        } catch (ParseException e) {
            throw new IllegalStateException("no JSON Web Key Set", e);
        }
    }
}
