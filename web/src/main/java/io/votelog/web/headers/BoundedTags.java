package io.votelog.web.headers;

import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Leaves of a request's {@code If-None-Match} what {@link EntityTags} reads, in its well-formed value. Spring compares the tags of
 * every answer once more, by a reader without a bound; so both decide on the same tags.
 */
final class BoundedTags implements WebFilter {
    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        if (!request.getHeaders().containsHeader(HttpHeaders.IF_NONE_MATCH)) {
            return chain.filter(exchange);
        }
        EntityTags tags = EntityTags.ifNoneMatch(request.getHeaders());
        ServerHttpRequest bounded = request.mutate()
                .headers(headers -> {
                    if (tags.isEmpty()) {
                        headers.remove(HttpHeaders.IF_NONE_MATCH);
                    } else {
                        headers.set(HttpHeaders.IF_NONE_MATCH, tags.value());
                    }
                })
                .build();
        return chain.filter(exchange.mutate().request(bounded).build());
    }
}
