// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.origins;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.cors.reactive.DefaultCorsProcessor;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Answers browsers that ask what a page of another origin may do, and refuses what such a page may not. The framework's own filter
 * refuses without a body, and checks nothing where no origin is configured.
 */
public final class OriginFilter implements WebFilter {
    private static final List<String> VARY = List.of(
            HttpHeaders.ORIGIN, HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD, HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);

    private final Origins origins;
    private final Supplier<? extends Throwable> refusal;
    private final Preflights preflights = new Preflights();

    /** @param refusal what the handling of a request ends with that is refused */
    public OriginFilter(Origins origins, Supplier<? extends Throwable> refusal) {
        this.origins = origins;
        this.refusal = refusal;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        ServerHttpResponse response = exchange.getResponse();
        // Last of all, since what an answer says of its own replaces what was set before.
        response.beforeCommit(() -> {
            addVary(response.getHeaders());
            return Mono.empty();
        });
        List<String> values = request.getHeaders().get(HttpHeaders.ORIGIN);
        if (values == null || isOwn(request, values)) {
            return chain.filter(exchange);
        }
        @Nullable String allowance = origins.allowance(values);
        if (allowance == null) {
            return Mono.error(refusal);
        }
        CorsConfiguration allowed = origins.allowed();
        if (CorsUtils.isPreFlightRequest(request)) {
            return preflights.allows(exchange, allowed) ? Mono.empty() : Mono.error(refusal);
        }
        response.getHeaders().setAccessControlAllowOrigin(allowance);
        List<String> exposed = allowed.getExposedHeaders();
        if (exposed != null && !exposed.isEmpty()) {
            response.getHeaders().setAccessControlExposeHeaders(exposed);
        }
        return chain.filter(exchange);
    }

    /** In one line: of several, caches are known to heed the last one alone (nginx before 1.23). */
    private static void addVary(HttpHeaders headers) {
        List<String> all = new ArrayList<>(headers.getVary());
        for (String name : VARY) {
            if (all.stream().noneMatch(name::equalsIgnoreCase)) {
                all.add(name);
            }
        }
        headers.setVary(all);
    }

    private boolean isOwn(ServerHttpRequest request, List<String> values) {
        boolean https = "https".equals(request.getURI().getScheme());
        return origins.areOwn(values, https, request.getHeaders().getFirst(HttpHeaders.HOST));
    }

    /** The framework's answers to preflights. */
    private static final class Preflights extends DefaultCorsProcessor {
        boolean allows(ServerWebExchange exchange, CorsConfiguration allowed) {
            return handleInternal(exchange, allowed, true);
        }
    }
}
