// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.votelog.producer.auth.BearerTokens;
import io.votelog.producer.ballots.PublicUrls;
import io.votelog.producer.limits.FairUse;
import io.votelog.producer.problem.Problem;
import io.votelog.web.connections.RequestLimit;
import io.votelog.web.limits.ClientLimits;
import io.votelog.web.origins.OriginFilter;
import io.votelog.web.origins.Origins;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.SecurityWebFiltersOrder;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.ServerAuthenticationEntryPoint;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;
import org.springframework.security.web.server.firewall.ServerExchangeRejectedHandler;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Who may do what, and the headers that keep browsers safe. */
@Configuration(proxyBeanMethods = false)
@EnableWebFluxSecurity
public class SecurityConfiguration {
    static final String WRITE_BALLOTS = "ballots:write";
    static final String ANNUL_VOTES = "votes:annul";
    private static final String ANNULMENTS = "/v1/ballots/*/annulments";
    public static final String CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'";

    /** The votes' routes are not served by Spring: only their preflights come here. */
    @Bean
    SecurityWebFilterChain security(
            ServerHttpSecurity http, Origins origins, Gatekeeper gatekeeper, ReactiveAuthenticationManager callers) {
        // What a token is refused with passes by here as a ProblemException.
        ServerAuthenticationEntryPoint unauthorized = (exchange, failure) -> ProblemRenderer.write(
                exchange,
                exchange.getRequest().getHeaders().getFirst("Authorization") == null
                        ? BearerTokens.missing()
                        : Problem.unauthorized(true, String.valueOf(failure.getMessage())));
        return common(http, origins, gatekeeper)
                .authorizeExchange(exchange -> exchange.pathMatchers(HttpMethod.GET, "/v1/ballots", "/v1/ballots/*")
                        .permitAll()
                        .pathMatchers(HttpMethod.HEAD, "/v1/ballots", "/v1/ballots/*")
                        .permitAll()
                        .pathMatchers(HttpMethod.PUT, "/v1/ballots/*")
                        .hasAuthority(WRITE_BALLOTS)
                        .pathMatchers(HttpMethod.POST, "/v1/ballots/*/close")
                        .hasAuthority(WRITE_BALLOTS)
                        .pathMatchers(HttpMethod.POST, ANNULMENTS)
                        .hasAuthority(ANNUL_VOTES)
                        .pathMatchers("/v1/ballots/*/my-vote")
                        .authenticated()
                        // What is left is public, or is nothing and told so.
                        .anyExchange()
                        .permitAll())
                .oauth2ResourceServer(server -> server.authenticationEntryPoint(unauthorized)
                        .authenticationManagerResolver(exchange -> Mono.just(callers)))
                .exceptionHandling(handling -> handling.authenticationEntryPoint(unauthorized)
                        .accessDeniedHandler((exchange, denied) ->
                                ProblemRenderer.write(exchange, Problem.missingScope(scopeFor(exchange)))))
                .build();
    }

    /** Holds the limit of requests that bring no votes, which must not be looked for as a filter of its own. */
    record Gatekeeper(RequestLimit limit) {}

    @Bean
    Gatekeeper gatekeeper(ClientLimits limits) {
        return new Gatekeeper(new RequestLimit(
                limits.reads(),
                limits.clientAddress(),
                exchange -> Optional.empty(),
                refusal -> {
                    Problem problem =
                            Problem.tooManyRequests(refusal.limit(), refusal.allowance(), refusal.retryAfterSeconds());
                    for (Map.Entry<String, String> header : refusal.headers().entrySet()) {
                        problem = problem.header(header.getKey(), header.getValue());
                    }
                    return problem.exception();
                },
                System::nanoTime));
    }

    private static String scopeFor(ServerWebExchange exchange) {
        return exchange.getRequest().getPath().value().endsWith("/annulments") ? ANNUL_VOTES : WRITE_BALLOTS;
    }

    /** The same checks as a vote's. */
    @Bean
    ReactiveAuthenticationManager callers(BearerTokens tokens) {
        return bearer -> tokens.check(((BearerTokenAuthenticationToken) bearer).getToken())
                .map(caller -> new PreAuthenticatedAuthenticationToken(
                        caller.userId().text(),
                        bearer.getCredentials(),
                        AuthorityUtils.createAuthorityList(List.copyOf(caller.scopes()))));
    }

    /** Paths and headers that mean one thing here and another to a proxy. */
    @Bean
    ServerExchangeRejectedHandler suspiciousRequests() {
        return (exchange, rejected) -> ProblemRenderer.write(
                exchange, Problem.malformed("the request's path or headers hold what is not allowed there"));
    }

    /** What pages of other origins may do; nothing when none is configured. */
    @Bean
    Origins origins(HttpSettings settings, PublicUrls publicUrls) {
        CorsConfiguration allowed = new CorsConfiguration();
        allowed.setAllowedOrigins(settings.cors().allowedOrigins());
        allowed.setAllowedMethods(List.of("GET", "HEAD", "POST", "PUT"));
        allowed.setAllowedHeaders(List.of("Authorization", "Content-Type", "Idempotency-Key", "If-None-Match"));
        allowed.setExposedHeaders(
                List.of("Location", "Retry-After", "ETag", FairUse.LEVEL_HEADER, FairUse.POLICY_HEADER));
        allowed.setMaxAge(Duration.ofHours(1));
        return new Origins(allowed, publicUrls.producer());
    }

    private static ServerHttpSecurity common(ServerHttpSecurity http, Origins origins, Gatekeeper gatekeeper) {
        // No cookie ever authenticates anyone, so there is no request to forge.
        return http.csrf(ServerHttpSecurity.CsrfSpec::disable)
                .cors(ServerHttpSecurity.CorsSpec::disable)
                .addFilterAt(
                        new OriginFilter(
                                origins, () -> Problem.originNotAllowed().exception()),
                        SecurityWebFiltersOrder.CORS)
                .addFilterAfter(gatekeeper.limit(), SecurityWebFiltersOrder.CORS)
                .httpBasic(ServerHttpSecurity.HttpBasicSpec::disable)
                .formLogin(ServerHttpSecurity.FormLoginSpec::disable)
                .logout(ServerHttpSecurity.LogoutSpec::disable)
                .requestCache(ServerHttpSecurity.RequestCacheSpec::disable)
                .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
                // Strict-Transport-Security is on every answer of a connection, not on those of these routes alone.
                .headers(headers -> headers.hsts(ServerHttpSecurity.HeaderSpec.HstsSpec::disable)
                        .contentSecurityPolicy(policy -> policy.policyDirectives(CONTENT_SECURITY_POLICY)));
    }
}
