package io.votelog.streams.read;

import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsProcessor;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.cors.reactive.DefaultCorsProcessor;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Answers for pages of other origins (CORS). Spring's own filter refuses without a word; this one says why. */
final class OriginCheck implements WebFilter {
    private final CorsConfiguration allowed;
    private final CorsProcessor processor = new DefaultCorsProcessor();

    OriginCheck(CorsConfiguration allowed) {
        this.allowed = allowed;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!processor.process(allowed, exchange)) {
            return Mono.error(ProblemException.foreignOrigin());
        }
        return CorsUtils.isPreFlightRequest(exchange.getRequest()) ? Mono.empty() : chain.filter(exchange);
    }
}
