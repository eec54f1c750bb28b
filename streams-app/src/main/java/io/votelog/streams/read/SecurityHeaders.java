package io.votelog.streams.read;

import java.util.Map;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Headers that keep browsers from doing with an answer what it is not for (OWASP's list for APIs). */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SecurityHeaders implements WebFilter {
    /** Each name and its value, where an answer has none of its own. */
    static final Map<String, String> DEFAULTS = Map.of(
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "no-referrer",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        exchange.getResponse().beforeCommit(() -> {
            HttpHeaders headers = exchange.getResponse().getHeaders();
            DEFAULTS.forEach((name, value) -> setUnlessSet(headers, name, value));
            return Mono.empty();
        });
        return chain.filter(exchange);
    }

    /** The same for an answer that is given before there is a request. */
    static void protect(io.netty.handler.codec.http.HttpHeaders headers) {
        DEFAULTS.forEach(headers::set);
        headers.set("Cache-Control", "no-store");
    }

    private static void setUnlessSet(HttpHeaders headers, String name, String value) {
        if (headers.getFirst(name) == null) {
            headers.set(name, value);
        }
    }
}
