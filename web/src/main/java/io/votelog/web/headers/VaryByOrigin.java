package io.votelog.web.headers;

import java.util.Set;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Says of every answer that it depends on who asks. The filter that answers for other origins (CORS) says so too, but whoever sets
 * {@code Vary} behind it takes that away, and a cache would give one site the answer for another.
 */
public final class VaryByOrigin implements WebFilter, Ordered {
    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        exchange.getResponse().beforeCommit(() -> {
            HttpHeaders headers = exchange.getResponse().getHeaders();
            Set<String> varies = Weighted.names(headers.getOrEmpty(HttpHeaders.VARY));
            if (!varies.contains("origin") && !varies.contains("*")) {
                headers.add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
            }
            return Mono.empty();
        });
        return chain.filter(exchange);
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }
}
