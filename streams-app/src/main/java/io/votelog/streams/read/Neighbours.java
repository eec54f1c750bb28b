package io.votelog.streams.read;

import io.netty.channel.ChannelOption;
import io.votelog.web.limits.ForwardingHeader;
import io.votelog.web.limits.IpAddress;
import io.votelog.web.limits.RateLimit;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Asks other instances that hold a voter, on behalf of a client that came to this one. */
final class Neighbours {
    private static final Logger LOG = LoggerFactory.getLogger(Neighbours.class);

    /** Says that a request was sent on already, so that two instances that disagree do not send it back and forth. */
    private static final String FORWARDED = "Votelog-Forwarded";

    /** A machine that is gone refuses nothing, and nothing else shows so soon that it is. */
    private static final int CONNECT_TIMEOUT_MS = 1_000;

    private static final int MAX_ANSWER_BYTES = 64 * 1024;

    /** Connections to one instance, fewer than it may take from one address. Some are left to those who do not wait. */
    private static final int MAX_CONNECTIONS = 500;

    /** Requests that wait at other instances for a verdict; the next ones are sent on without their wait. */
    private static final int MAX_WAITING = 250;

    private final WebClient http;
    private final Duration timeout;
    private final ForwardingHeader clientHeader;
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * @param timeout for an answer, beyond the client's wait
     * @param clientHeader in which the other instance is told whose request it is
     */
    Neighbours(Duration timeout, ForwardingHeader clientHeader) {
        this.clientHeader = clientHeader;
        ConnectionProvider connections = ConnectionProvider.builder("neighbours")
                .maxConnections(MAX_CONNECTIONS)
                .pendingAcquireMaxCount(MAX_CONNECTIONS)
                .pendingAcquireTimeout(timeout)
                .build();
        HttpClient client =
                HttpClient.create(connections).option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS);
        this.http = WebClient.builder()
                .clientConnector(new ReactorClientHttpConnector(client))
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(MAX_ANSWER_BYTES))
                .build();
        this.timeout = timeout;
    }

    /** Whether another instance sent this request on: then it is answered here or not at all. */
    static boolean sentOn(ServerHttpRequest request) {
        return request.getHeaders().getFirst(FORWARDED) != null;
    }

    /**
     * The other instance's answer to the same request; empty when it gives none that is of use.
     *
     * @param client whose request it is; null when that is not known
     * @param wait how long the client would wait for it
     */
    Mono<ResponseEntity<byte[]>> ask(
            HostInfo host, ServerHttpRequest request, @Nullable IpAddress client, Duration wait) {
        if (wait.isZero()) {
            return answer(host, request, client, wait);
        }
        return Mono.defer(() -> {
            if (waiting.incrementAndGet() > MAX_WAITING) {
                waiting.decrementAndGet();
                return answer(host, request, client, Duration.ZERO);
            }
            return answer(host, request, client, wait).doFinally(end -> waiting.decrementAndGet());
        });
    }

    private Mono<ResponseEntity<byte[]>> answer(
            HostInfo host, ServerHttpRequest request, @Nullable IpAddress client, Duration wait) {
        return http.get()
                .uri(uri(host, request))
                .headers(headers -> {
                    headers.set(FORWARDED, "1");
                    if (client != null) {
                        headers.set(clientHeader.headerName(), clientHeader.element(client));
                    }
                    if (!wait.isZero()) {
                        request.getHeaders().getValuesAsList("Prefer").forEach(prefer -> headers.add("Prefer", prefer));
                    }
                })
                .exchangeToMono(answer -> answer.bodyToMono(byte[].class)
                        .defaultIfEmpty(new byte[0])
                        .map(body -> relay(
                                answer.statusCode().value(), answer.headers().asHttpHeaders(), body)))
                .filter(answer -> answer.getStatusCode().value() == HttpStatus.OK.value()
                        || answer.getStatusCode().value() == HttpStatus.NOT_FOUND.value()
                        || answer.getStatusCode().value() == HttpStatus.CONFLICT.value()
                        || answer.getStatusCode().value() == HttpStatus.TOO_MANY_REQUESTS.value())
                .timeout(timeout.plus(wait))
                .onErrorResume(failure -> {
                    LOG.debug("{} does not answer", host, failure);
                    return Mono.empty();
                });
    }

    private static ResponseEntity<byte[]> relay(int status, HttpHeaders answered, byte[] body) {
        HttpHeaders headers = new HttpHeaders();
        for (String name : new String[] {
            HttpHeaders.CONTENT_TYPE,
            HttpHeaders.CACHE_CONTROL,
            HttpHeaders.RETRY_AFTER,
            RateLimit.POLICY_HEADER,
            RateLimit.LEVEL_HEADER,
            "Preference-Applied"
        }) {
            String value = answered.getFirst(name);
            if (value != null) {
                headers.set(name, value);
            }
        }
        return ResponseEntity.status(status).headers(headers).body(body);
    }

    private static URI uri(HostInfo host, ServerHttpRequest request) {
        String query = request.getURI().getRawQuery();
        String name = host.host().indexOf(':') < 0 ? host.host() : "[" + host.host() + "]";
        return URI.create("http://%s:%d%s%s"
                .formatted(name, host.port(), request.getURI().getRawPath(), query == null ? "" : "?" + query));
    }
}
