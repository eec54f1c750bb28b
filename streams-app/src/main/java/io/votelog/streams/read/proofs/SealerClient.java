// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.proofs;

import io.netty.channel.ChannelOption;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Asks sealers for proofs, one after the other until one has it. */
final class SealerClient {
    private static final Logger LOG = LoggerFactory.getLogger(SealerClient.class);
    private static final int CONNECT_TIMEOUT_MS = 1_000;
    private static final int CONNECTIONS = 16;
    private static final int WAITING = 1_000;

    /** A proof has some 63 hashes for each tree at most, and two checkpoints with their cosignatures. */
    private static final int MAX_ANSWER_BYTES = 2 << 20;

    private final List<URI> sealers;
    private final Duration timeout;
    private final WebClient http;

    SealerClient(List<URI> sealers, Duration timeout) {
        this.sealers = List.copyOf(sealers);
        this.timeout = timeout;
        ConnectionProvider pool = ConnectionProvider.builder("sealers")
                .maxConnections(CONNECTIONS)
                .pendingAcquireMaxCount(WAITING)
                .pendingAcquireTimeout(timeout)
                .build();
        this.http = WebClient.builder()
                .clientConnector(new ReactorClientHttpConnector(
                        HttpClient.create(pool).option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)))
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(MAX_ANSWER_BYTES))
                .build();
    }

    /** Whether there are any sealers to be asked. */
    boolean isKnown() {
        return !sealers.isEmpty();
    }

    /**
     * The answer of the first sealer that has one: the proof, or that there is no such vote. Else a refusal of one of them; empty where none
     * answers.
     *
     * @param path with the query, below each sealer's address
     */
    Mono<ResponseEntity<byte[]>> ask(String path) {
        return Flux.fromIterable(sealers)
                .concatMap(sealer -> ask(sealer, path))
                .takeUntil(answer -> !isRefusal(answer))
                .reduce((first, next) -> isRefusal(next) ? first : next);
    }

    private static boolean isRefusal(ResponseEntity<byte[]> answer) {
        return answer.getStatusCode().value() == HttpStatus.SERVICE_UNAVAILABLE.value();
    }

    private Mono<ResponseEntity<byte[]>> ask(URI sealer, String path) {
        return http.get()
                .uri(URI.create(sealer + path))
                .exchangeToMono(answer -> answer.bodyToMono(byte[].class)
                        .defaultIfEmpty(new byte[0])
                        .filter(body -> switch (answer.statusCode().value()) {
                            case 200, 404, 503 -> true;
                            default -> false;
                        })
                        .map(body -> relay(
                                answer.statusCode().value(), answer.headers().asHttpHeaders(), body)))
                .timeout(timeout)
                .onErrorResume(failure -> {
                    LOG.debug("the sealer at {} does not answer", sealer, failure);
                    return Mono.empty();
                });
    }

    private static ResponseEntity<byte[]> relay(int status, HttpHeaders answered, byte[] body) {
        HttpHeaders headers = new HttpHeaders();
        headers.setCacheControl("no-store");
        for (String name : new String[] {HttpHeaders.CONTENT_TYPE, HttpHeaders.RETRY_AFTER}) {
            String value = answered.getFirst(name);
            if (value != null) {
                headers.set(name, value);
            }
        }
        return ResponseEntity.status(status).headers(headers).body(body);
    }
}
