// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import io.netty.channel.ChannelOption;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;

/**
 * An OpenID provider's keys. They are fetched at the start, then every {@link #REFRESH_INTERVAL}, and when a token names a key
 * that is not among them, but never more often than every {@link #MIN_INTERVAL}. Votes do not wait for the regular fetches.
 * While the provider is away the last keys stay in use, and it is asked again every {@link #RETRY_INTERVAL}.
 */
final class ProviderKeys implements AutoCloseable {
    static final Duration MIN_INTERVAL = Duration.ofSeconds(10);
    static final Duration REFRESH_INTERVAL = Duration.ofMinutes(5);
    static final Duration RETRY_INTERVAL = Duration.ofSeconds(2);

    /** The most bytes of a key set. */
    static final int MAX_BYTES = 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(ProviderKeys.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final URI uri;
    private final SignatureProvider signatures;
    private final LongSupplier nanoTime;
    private final WebClient client = WebClient.builder()
            .clientConnector(new ReactorClientHttpConnector(HttpClient.create()
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(TIMEOUT.toMillis()))
                    .responseTimeout(TIMEOUT)))
            .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(MAX_BYTES))
            .build();
    private final AtomicReference<@Nullable CompletableFuture<Void>> underWay = new AtomicReference<>();
    private final Disposable timer;
    private volatile Fetched last = new Fetched(null, new byte[0], false);
    private volatile long askedAt;

    /** The keys of the last successful fetch, the text that they were read from, and whether fetches have failed since. */
    private record Fetched(@Nullable KeySet keys, byte[] json, boolean failing) {}

    /** Begins to fetch the keys, without waiting for them. */
    ProviderKeys(URI uri, SignatureProvider signatures, LongSupplier nanoTime) {
        this.uri = uri;
        this.signatures = signatures;
        this.nanoTime = nanoTime;
        LOG.info("Tokens that the keys at {} have signed are checked by {}", uri, signatures);
        fetch();
        this.timer = Schedulers.parallel().schedulePeriodically(this::refresh, 1, 1, TimeUnit.SECONDS);
    }

    /** The keys of the last successful fetch; null before the first one. */
    @Nullable
    KeySet known() {
        return last.keys();
    }

    /**
     * Fetches newer keys, unless they were fetched a moment ago.
     *
     * @return completes within seconds, with or without newer keys; empty when nothing is fetched
     */
    Optional<Mono<Void>> fetchNewer() {
        CompletableFuture<Void> fetch = underWay.get();
        if (fetch == null && askedLongerAgo(MIN_INTERVAL)) {
            fetch = fetch();
        }
        return fetch == null ? Optional.empty() : Optional.of(Mono.fromFuture(fetch, true));
    }

    /** Fetches the keys when the interval is over. */
    void refresh() {
        if (askedLongerAgo(last.failing() ? RETRY_INTERVAL : REFRESH_INTERVAL)) {
            fetch();
        }
    }

    private boolean askedLongerAgo(Duration age) {
        return nanoTime.getAsLong() - askedAt >= age.toNanos();
    }

    /** Starts a fetch, or joins the one that is under way. */
    private CompletableFuture<Void> fetch() {
        CompletableFuture<Void> fetch = new CompletableFuture<>();
        CompletableFuture<Void> other = underWay.compareAndExchange(null, fetch);
        if (other != null) {
            return other;
        }
        askedAt = nanoTime.getAsLong();
        client.get()
                .uri(uri)
                .retrieve()
                .bodyToMono(byte[].class)
                .timeout(TIMEOUT)
                .defaultIfEmpty(new byte[0])
                // A large key set takes too long to read on an event loop.
                .publishOn(Schedulers.parallel())
                .map(this::read)
                .doFinally(end -> {
                    underWay.set(null);
                    fetch.complete(null);
                })
                .subscribe(this::take, this::keepLast);
        return fetch;
    }

    private Fetched read(byte[] json) {
        Fetched before = last;
        return before.keys() != null && Arrays.equals(before.json(), json)
                ? new Fetched(before.keys(), json, false)
                : new Fetched(KeySet.parse(json, signatures), json, false);
    }

    private void take(Fetched now) {
        Fetched before = last;
        last = now;
        KeySet keys = now.keys();
        if (keys != null && keys != before.keys()) {
            if (keys.isEmpty()) {
                LOG.warn(
                        "None of the keys at {} can be used; needed: RSA of at least {} bits, or EC with P-256",
                        uri,
                        ProviderKey.MIN_RSA_BITS);
            } else {
                LOG.info("The keys at {}: {}", uri, keys);
            }
        } else if (before.failing()) {
            LOG.info("The keys at {} can be fetched again", uri);
        }
    }

    private void keepLast(Throwable failure) {
        Fetched before = last;
        last = new Fetched(before.keys(), before.json(), true);
        if (!before.failing()) {
            LOG.warn(
                    "The keys at {} cannot be fetched; {}: {}",
                    uri,
                    before.keys() == null ? "until they are, their tokens are answered 503" : "the last ones hold",
                    failure.toString());
        }
    }

    @Override
    public void close() {
        timer.dispose();
    }
}
