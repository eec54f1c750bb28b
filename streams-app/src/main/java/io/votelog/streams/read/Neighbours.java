package io.votelog.streams.read;

import java.net.URI;
import java.time.Duration;
import org.apache.kafka.streams.state.HostInfo;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** Asks the instance that holds a voter, on behalf of a client that came to this one. */
final class Neighbours {
    /** Says that a request was sent on already, so that two instances that disagree do not send it back and forth. */
    static final String FORWARDED = "Votelog-Forwarded";

    private static final int MAX_ANSWER_BYTES = 64 * 1024;

    private final WebClient http;
    private final Duration timeout;

    /** @param timeout for an answer, beyond the client's wait */
    Neighbours(Duration timeout) {
        this.http = WebClient.builder()
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(MAX_ANSWER_BYTES))
                .build();
        this.timeout = timeout;
    }

    /**
     * The other instance's answer to the same request.
     *
     * @param wait how long the client would wait for it
     */
    Mono<ResponseEntity<byte[]>> ask(HostInfo host, ServerHttpRequest request, Duration wait) {
        if (request.getHeaders().getFirst(FORWARDED) != null) {
            return Mono.error(moving());
        }
        return http.get()
                .uri(uri(host, request))
                .headers(headers -> {
                    headers.set(FORWARDED, "1");
                    request.getHeaders().getValuesAsList("Prefer").forEach(prefer -> headers.add("Prefer", prefer));
                })
                .exchangeToMono(answer -> answer.bodyToMono(byte[].class)
                        .defaultIfEmpty(new byte[0])
                        .map(body -> relay(
                                answer.statusCode().value(), answer.headers().asHttpHeaders(), body)))
                .timeout(timeout.plus(wait))
                .onErrorMap(failure -> !(failure instanceof ProblemException), failure -> moving());
    }

    private static ResponseEntity<byte[]> relay(int status, HttpHeaders answered, byte[] body) {
        if (status != HttpStatus.OK.value() && status != HttpStatus.NOT_FOUND.value()) {
            throw moving();
        }
        HttpHeaders headers = new HttpHeaders();
        for (String name : new String[] {HttpHeaders.CONTENT_TYPE, HttpHeaders.CACHE_CONTROL, "Preference-Applied"}) {
            String value = answered.getFirst(name);
            if (value != null) {
                headers.set(name, value);
            }
        }
        return ResponseEntity.status(status).headers(headers).body(body);
    }

    private static URI uri(HostInfo host, ServerHttpRequest request) {
        String query = request.getURI().getRawQuery();
        return URI.create("http://%s:%d%s%s"
                .formatted(host.host(), host.port(), request.getURI().getRawPath(), query == null ? "" : "?" + query));
    }

    private static ProblemException moving() {
        return ProblemException.unavailable(
                "moving", "The instance that holds this voter does not answer, or the voter moves to another one.");
    }
}
