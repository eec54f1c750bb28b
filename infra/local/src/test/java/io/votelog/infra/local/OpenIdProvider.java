// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.springframework.security.config.Customizer.withDefaults;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.oauth2.server.authorization.OAuth2AuthorizationServerConfigurer;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.provisioning.UserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.util.HtmlUtils;

/**
 * An OpenID provider that is nobody's stand-in: Spring Authorization Server, in this JVM. It knows one page as a public client, asks
 * for PKCE, has people log in and say yes, signs with RS256, and issues tokens for the audience that the request names.
 */
final class OpenIdProvider implements AutoCloseable {
    static final String PASSWORD = "correct horse";

    private static final String CLIENT_ID = "ballot-page";
    private static final String AUDIENCE = "https://votes.example";

    private final ConfigurableApplicationContext context;
    private final AtomicInteger users = new AtomicInteger();

    private OpenIdProvider(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** @param page the origin of the page that people sign in for */
    static OpenIdProvider start(URI page) {
        String client = "spring.security.oauth2.authorizationserver.client.page.";
        return new OpenIdProvider(new SpringApplicationBuilder(Server.class)
                .web(WebApplicationType.SERVLET)
                .bannerMode(Banner.Mode.OFF)
                .registerShutdownHook(false)
                .properties(Map.of(
                        "server.address",
                        "127.0.0.1",
                        "server.port",
                        "0",
                        "page.origin",
                        page.toString(),
                        client + "registration.client-id",
                        CLIENT_ID,
                        client + "registration.client-authentication-methods",
                        "none",
                        client + "registration.authorization-grant-types",
                        "authorization_code",
                        client + "registration.redirect-uris",
                        page + "/sign-in",
                        client + "registration.post-logout-redirect-uris",
                        page + "/sign-in",
                        client + "registration.scopes",
                        "openid,profile",
                        client + "require-authorization-consent",
                        "true"))
                .properties(client + "require-proof-key=true")
                .run());
    }

    String issuer() {
        return "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
    }

    /** What a gateway has to know of it, as environment variables. */
    Map<String, String> settings() {
        return Map.of(
                "VOTELOG_AUTH_JWK_SET_URI",
                issuer() + "/oauth2/jwks",
                "VOTELOG_AUTH_ISSUER",
                issuer(),
                "VOTELOG_AUTH_AUDIENCE",
                AUDIENCE,
                "VOTELOG_SIGN_IN_ISSUER",
                issuer(),
                "VOTELOG_SIGN_IN_CLIENT_ID",
                CLIENT_ID,
                "VOTELOG_SIGN_IN_SCOPE",
                "openid profile",
                "VOTELOG_SIGN_IN_PARAMETERS",
                "audience=" + AUDIENCE);
    }

    /** Somebody new, who logs in with {@link #PASSWORD}. */
    String newUser() {
        String user = "voter-" + users.incrementAndGet();
        context.getBean(UserDetailsManager.class)
                .createUser(User.withUsername(user)
                        .password("{noop}" + PASSWORD)
                        .roles("VOTER")
                        .build());
        return user;
    }

    /** What a page may call that user. */
    static String nameOf(String user) {
        return "Voter " + user.substring(user.indexOf('-') + 1);
    }

    /** The next access token of that user is good for no longer than that. */
    void shortenNextToken(String user, Duration lifetime) {
        context.getBean(Tokens.class).lifetimes.put(user, lifetime);
    }

    @Override
    public void close() {
        context.close();
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import({Tokens.class, Consent.class})
    static class Server {
        @Bean
        @Order(1)
        SecurityFilterChain openId(HttpSecurity http) throws Exception {
            OAuth2AuthorizationServerConfigurer server = new OAuth2AuthorizationServerConfigurer();
            return http.securityMatcher(server.getEndpointsMatcher())
                    .with(server, it -> it.oidc(withDefaults())
                            .authorizationEndpoint(endpoint -> endpoint.consentPage("/consent")))
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .cors(withDefaults())
                    .exceptionHandling(
                            on -> on.authenticationEntryPoint(new LoginUrlAuthenticationEntryPoint("/login")))
                    .build();
        }

        @Bean
        @Order(2)
        SecurityFilterChain people(HttpSecurity http) throws Exception {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .formLogin(withDefaults())
                    .build();
        }

        @Bean
        CorsConfigurationSource corsConfigurationSource(@Value("${page.origin}") String page) {
            CorsConfiguration allowed = new CorsConfiguration();
            allowed.setAllowedOrigins(List.of(page));
            allowed.setAllowedMethods(List.of("GET", "POST"));
            UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
            source.registerCorsConfiguration("/.well-known/**", allowed);
            source.registerCorsConfiguration("/oauth2/token", allowed);
            return source;
        }

        @Bean
        UserDetailsManager users() {
            return new InMemoryUserDetailsManager();
        }
    }

    /** What stands in tokens. */
    static class Tokens implements OAuth2TokenCustomizer<JwtEncodingContext> {
        private final Map<String, Duration> lifetimes = new ConcurrentHashMap<>();

        @Override
        public void customize(JwtEncodingContext token) {
            String user = token.getPrincipal().getName();
            if (!OAuth2TokenType.ACCESS_TOKEN.equals(token.getTokenType())) {
                token.getClaims().claim("name", nameOf(user));
                return;
            }
            OAuth2AuthorizationRequest asked =
                    token.getAuthorization().getAttribute(OAuth2AuthorizationRequest.class.getName());
            if (asked.getAdditionalParameters().get("audience") instanceof String audience) {
                token.getClaims().audience(List.of(audience));
            }
            Duration lifetime = lifetimes.remove(user);
            if (lifetime != null) {
                token.getClaims().expiresAt(Instant.now().plus(lifetime));
            }
        }
    }

    /** Asks people whether the page may know who they are. */
    @RestController
    static class Consent {
        @GetMapping(path = "/consent", produces = MediaType.TEXT_HTML_VALUE)
        String ask(@RequestParam("client_id") String client, @RequestParam("state") String state) {
            return """
                   <!doctype html>
                   <html lang="en">
                   <title>May it know who you are?</title>
                   <link rel="icon" href="data:,">
                   <form method="post" action="/oauth2/authorize">
                   <input type="hidden" name="client_id" value="%s">
                   <input type="hidden" name="state" value="%s">
                   <button id="allow" name="scope" value="profile">Allow</button>
                   <button id="refuse">Refuse</button>
                   </form>
                   </html>
                   """
                    .formatted(HtmlUtils.htmlEscape(client), HtmlUtils.htmlEscape(state));
        }
    }
}
