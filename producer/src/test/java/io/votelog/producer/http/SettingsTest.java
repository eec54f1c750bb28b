// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.votelog.producer.BoundSettings;
import io.votelog.producer.Gateway;
import io.votelog.producer.auth.AuthSettings;
import io.votelog.producer.auth.DevTokenSettings;
import io.votelog.producer.ballots.PublicUrls;
import io.votelog.producer.pages.SignInSettings;
import io.votelog.web.settings.HstsSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class SettingsTest {
    @Test
    void shouldReadTheEnvironmentVariablesThatTheReadmeNames() {
        Map<String, Object> variables = Map.of(
                "VOTELOG_AUTH_HS256_SECRET", Gateway.SECRET,
                "VOTELOG_HSTS_MAX_AGE", "1d",
                "VOTELOG_HSTS_INCLUDE_SUBDOMAINS", "true",
                "VOTELOG_PUBLIC_URLS_STREAMS", "https://results.example/",
                "VOTELOG_CORS_ALLOWED_ORIGINS", "https://a.example,https://b.example");
        AuthSettings auth = BoundSettings.of(AuthSettings.class, variables);
        assertThat(auth.hs256Secret()).isEqualTo(Gateway.SECRET);
        assertThat(auth.toString()).doesNotContain(Gateway.SECRET);
        assertThat(BoundSettings.of(DevTokenSettings.class, variables).tokens()).isFalse();
        HttpSettings http = BoundSettings.of(HttpSettings.class, variables);
        assertThat(http.hsts()).isEqualTo(new HstsSettings(Duration.ofDays(1), true));
        assertThat(http.cors().allowedOrigins()).containsExactly("https://a.example", "https://b.example");
        assertThat(BoundSettings.of(PublicUrls.class, variables).streams())
                .isEqualTo(URI.create("https://results.example"));
    }

    @Test
    void shouldListenOnThisMachineAloneWithDevelopmentTokens() {
        assertThat(address(Map.of("votelog.dev.tokens", "true"))).isEqualTo("127.0.0.1");
        assertThat(address(Map.of("votelog.dev.tokens", "true", "server.address", "10.0.0.1")))
                .isEqualTo("10.0.0.1");
        assertThat(address(Map.of())).isEqualTo("not set");
    }

    @Test
    void shouldGiveDevelopmentTokensBesideAProviderOnThisMachine() {
        Map<String, Object> variables = Map.of(
                "VOTELOG_AUTH_HS256_SECRET", Gateway.SECRET,
                "VOTELOG_DEV_TOKENS", "true",
                "VOTELOG_AUTH_JWK_SET_URI", "http://127.0.0.1:9000/keys",
                "VOTELOG_AUTH_ISSUER", "http://localhost:9000",
                "VOTELOG_AUTH_AUDIENCE", "votelog",
                "VOTELOG_SIGN_IN_ISSUER", "http://localhost:9000",
                "VOTELOG_SIGN_IN_CLIENT_ID", "page",
                "VOTELOG_CORS_ALLOWED_ORIGINS", "http://localhost:8081,http://127.0.0.1:8081");
        assertThat(BoundSettings.of(DevTokenSettings.class, variables).tokens()).isTrue();
        BoundSettings.of(SignInSettings.class, variables)
                .requireIssuer(BoundSettings.of(AuthSettings.class, variables).issuer());
        assertThatCode(() -> DevTokenTerms.require(
                        BoundSettings.of(AuthSettings.class, variables),
                        BoundSettings.of(SignInSettings.class, variables),
                        BoundSettings.of(PublicUrls.class, variables),
                        BoundSettings.of(HttpSettings.class, variables).cors()))
                .doesNotThrowAnyException();
    }

    private static String address(Map<String, Object> settings) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("settings", settings));
        new LocalAddress().postProcessEnvironment(environment, new SpringApplication());
        return environment.getProperty("server.address", "not set");
    }
}
