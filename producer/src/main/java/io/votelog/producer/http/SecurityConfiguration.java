// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.votelog.producer.auth.BearerTokens;
import io.votelog.producer.ballots.PublicUrls;
import io.votelog.producer.limits.FairUse;
import io.votelog.producer.problem.Problems;
import io.votelog.web.connections.RequestLimit;
import io.votelog.web.headers.SafetyHeaders;
import io.votelog.web.limits.ClientLimits;
import io.votelog.web.origins.OriginFilter;
import io.votelog.web.origins.Origins;
import io.votelog.web.routes.ProblemHandler;
import java.util.List;
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
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Which tokens may use which routes, and the headers that keep browsers safe. */
@Configuration(proxyBeanMethods = false)
@EnableWebFluxSecurity
class SecurityConfiguration {
    static final String WRITE_BALLOTS = "ballots:write";
    static final String ANNUL_VOTES = "votes:annul";
    private static final String ANNULMENTS = "/v1/ballots/*/annulments";

    /** The security of Spring's routes. The votes' routes are not among them, except for their preflight requests. */
    @Bean
    SecurityWebFilterChain security(
            ServerHttpSecurity http, Origins origins, Gatekeeper gatekeeper, ReactiveAuthenticationManager callers) {
        // A refused token's ProblemException arrives here.
        ServerAuthenticationEntryPoint unauthorized = (exchange, failure) -> ProblemHandler.write(
                exchange,
                exchange.getRequest().getHeaders().getFirst("Authorization") == null
                        ? BearerTokens.missing()
                        : Problems.unauthorized(true, String.valueOf(failure.getMessage())));
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
                        .pathMatchers("/v1/ballots/*/my-vote", "/v1/ballots/*/my-vote/opening")
                        .authenticated()
                        // Other routes are public, or do not exist and are answered 404.
                        .anyExchange()
                        .permitAll())
                .oauth2ResourceServer(server -> server.authenticationEntryPoint(unauthorized)
                        .authenticationManagerResolver(exchange -> Mono.just(callers)))
                .exceptionHandling(handling -> handling.authenticationEntryPoint(unauthorized)
                        .accessDeniedHandler((exchange, denied) ->
                                ProblemHandler.write(exchange, Problems.missingScope(scopeFor(exchange)))))
                .build();
    }

    /**
     * Holds the limit of requests that bring no votes, so that the limit is no bean of its own, which Spring would find as a
     * filter.
     */
    record Gatekeeper(RequestLimit limit) {}

    @Bean
    Gatekeeper gatekeeper(ClientLimits limits) {
        return new Gatekeeper(new RequestLimit(
                limits.reads(),
                limits.clientAddress(),
                exchange -> Optional.empty(),
                refusal -> Problems.tooManyRequests(refusal.limit(), refusal.allowance(), refusal.retryAfterSeconds())
                        .headers(refusal.headers())
                        .exception(),
                System::nanoTime));
    }

    private static String scopeFor(ServerWebExchange exchange) {
        return exchange.getRequest().getPath().value().endsWith("/annulments") ? ANNUL_VOTES : WRITE_BALLOTS;
    }

    /** Checks tokens as the votes' routes do. */
    @Bean
    ReactiveAuthenticationManager callers(BearerTokens tokens) {
        return bearer -> tokens.check(((BearerTokenAuthenticationToken) bearer).getToken())
                .map(caller -> new PreAuthenticatedAuthenticationToken(
                        caller.userId().text(),
                        bearer.getCredentials(),
                        AuthorityUtils.createAuthorityList(List.copyOf(caller.scopes()))));
    }

    /** Refuses paths and headers that a proxy could read in another way than this server. */
    @Bean
    ServerExchangeRejectedHandler suspiciousRequests() {
        return (exchange, rejected) -> {
            // It is refused before the filters that set them.
            SafetyHeaders.set(exchange.getResponse().getHeaders());
            return ProblemHandler.write(
                    exchange, Problems.malformed("the request's path or headers hold what is not allowed there"));
        };
    }

    /** The origins whose pages may call; none when none is configured. */
    @Bean
    Origins origins(HttpSettings settings, PublicUrls publicUrls) {
        return settings.cors()
                .origins(
                        List.of("GET", "HEAD", "POST", "PUT"),
                        List.of("Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "Prefer"),
                        List.of("Location", "Retry-After", "ETag", FairUse.LEVEL_HEADER, FairUse.POLICY_HEADER),
                        publicUrls.producer());
    }

    private static ServerHttpSecurity common(ServerHttpSecurity http, Origins origins, Gatekeeper gatekeeper) {
        // No cookie authenticates anyone, so cross-site request forgery has nothing to use.
        return http.csrf(ServerHttpSecurity.CsrfSpec::disable)
                .cors(ServerHttpSecurity.CorsSpec::disable)
                .addFilterAt(
                        new OriginFilter(
                                origins, () -> Problems.originNotAllowed().exception()),
                        SecurityWebFiltersOrder.CORS)
                .addFilterAfter(gatekeeper.limit(), SecurityWebFiltersOrder.CORS)
                .httpBasic(ServerHttpSecurity.HttpBasicSpec::disable)
                .formLogin(ServerHttpSecurity.FormLoginSpec::disable)
                .logout(ServerHttpSecurity.LogoutSpec::disable)
                .requestCache(ServerHttpSecurity.RequestCacheSpec::disable)
                .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
                // Strict-Transport-Security is set on every answer of a connection, not on these routes alone.
                .headers(headers -> headers.hsts(ServerHttpSecurity.HeaderSpec.HstsSpec::disable)
                        .contentSecurityPolicy(
                                policy -> policy.policyDirectives(SafetyHeaders.CONTENT_SECURITY_POLICY)));
    }
}
