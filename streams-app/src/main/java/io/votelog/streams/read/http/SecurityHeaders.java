// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.http;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Sets the headers that keep browsers from misusing an answer (the list for APIs of OWASP's REST Security Cheat Sheet). */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SecurityHeaders implements WebFilter {
    private static final String POLICY = "default-src 'none'; frame-ancestors 'none'";

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        exchange.getResponse().beforeCommit(() -> {
            HttpHeaders headers = exchange.getResponse().getHeaders();
            setUnlessSet(headers, "X-Content-Type-Options", "nosniff");
            setUnlessSet(headers, "X-Frame-Options", "DENY");
            setUnlessSet(headers, "Referrer-Policy", "no-referrer");
            setUnlessSet(headers, "Content-Security-Policy", POLICY);
            return Mono.empty();
        });
        return chain.filter(exchange);
    }

    /** Sets the same headers on an answer that is given before there is a whole request. */
    static void protect(io.netty.handler.codec.http.HttpHeaders headers) {
        headers.set("X-Content-Type-Options", "nosniff")
                .set("X-Frame-Options", "DENY")
                .set("Referrer-Policy", "no-referrer")
                .set("Content-Security-Policy", POLICY)
                .set("Cache-Control", "no-store");
    }

    private static void setUnlessSet(HttpHeaders headers, String name, String value) {
        if (headers.getFirst(name) == null) {
            headers.set(name, value);
        }
    }
}
