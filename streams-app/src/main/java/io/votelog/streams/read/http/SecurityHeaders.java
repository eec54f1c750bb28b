// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.http;

import io.votelog.web.headers.SafetyHeaders;
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
    private static final String POLICY = "Content-Security-Policy";

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        exchange.getResponse().beforeCommit(() -> {
            HttpHeaders headers = exchange.getResponse().getHeaders();
            setUnlessSet(headers, "X-Content-Type-Options", "nosniff");
            setUnlessSet(headers, "Referrer-Policy", "no-referrer");
            setUnlessSet(headers, POLICY, SafetyHeaders.CONTENT_SECURITY_POLICY);
            // The older header has no way to name who may have a page in a frame.
            if (String.valueOf(headers.getFirst(POLICY)).contains("frame-ancestors 'none'")) {
                setUnlessSet(headers, "X-Frame-Options", "DENY");
            }
            return Mono.empty();
        });
        return chain.filter(exchange);
    }

    private static void setUnlessSet(HttpHeaders headers, String name, String value) {
        if (headers.getFirst(name) == null) {
            headers.set(name, value);
        }
    }
}
