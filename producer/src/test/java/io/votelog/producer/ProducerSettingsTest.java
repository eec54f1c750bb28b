package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class ProducerSettingsTest {
    @Test
    void shouldReadTheEnvironmentVariablesThatTheReadmeNames() {
        ProducerSettings settings = bound(Map.of(
                "VOTELOG_PEPPER", Gateway.PEPPER,
                "VOTELOG_AUTH_HS256_SECRET", Gateway.SECRET,
                "VOTELOG_LOG_PRIVATE_KEY", Gateway.PRIVATE_KEY,
                "VOTELOG_LOG_PUBLIC_KEYS", "one,two",
                "VOTELOG_DEV_TOKENS", "true",
                "VOTELOG_PUBLIC_URLS_STREAMS", "https://results.example/",
                "VOTELOG_CORS_ALLOWED_ORIGINS", "https://a.example,https://b.example"));
        assertThat(settings.pepper()).isEqualTo(Gateway.PEPPER);
        assertThat(settings.auth().hs256Secret()).isEqualTo(Gateway.SECRET);
        assertThat(settings.log().privateKey()).isEqualTo(Gateway.PRIVATE_KEY);
        assertThat(settings.log().publicKeys()).containsExactly("one", "two");
        assertThat(settings.dev().tokens()).isTrue();
        assertThat(settings.publicUrls().streams()).isEqualTo(URI.create("https://results.example/"));
        assertThat(settings.cors().allowedOrigins()).containsExactly("https://a.example", "https://b.example");
    }

    @Test
    void shouldShowNoSecret() {
        ProducerSettings settings = bound(Map.of(
                "VOTELOG_PEPPER", Gateway.PEPPER,
                "VOTELOG_AUTH_HS256_SECRET", Gateway.SECRET,
                "VOTELOG_LOG_PRIVATE_KEY", Gateway.PRIVATE_KEY));
        assertThat(settings.toString()).doesNotContain(Gateway.PEPPER, Gateway.SECRET, Gateway.PRIVATE_KEY);
    }

    @Test
    void shouldListenOnThisMachineAloneWithDevelopmentTokens() {
        assertThat(address(Map.of("votelog.dev.tokens", "true"))).isEqualTo("127.0.0.1");
        assertThat(address(Map.of("votelog.dev.tokens", "true", "server.address", "10.0.0.1")))
                .isEqualTo("10.0.0.1");
        assertThat(address(Map.of())).isEqualTo("not set");
    }

    private static String address(Map<String, Object> settings) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("settings", settings));
        new LocalAddress().postProcessEnvironment(environment, new SpringApplication());
        return environment.getProperty("server.address", "not set");
    }

    private static ProducerSettings bound(Map<String, Object> variables) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                new LinkedHashMap<>(variables)));
        return Binder.get(environment).bindOrCreate("votelog", ProducerSettings.class);
    }
}
