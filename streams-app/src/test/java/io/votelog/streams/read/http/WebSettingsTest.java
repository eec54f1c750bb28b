// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.web.settings.BadSettingException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class WebSettingsTest {
    @Test
    void shouldKnowNoAddressAndNoOtherOriginByDefault() {
        WebSettings settings = bound(Map.of());
        assertThat(settings.streams()).isNull();
        assertThat(settings.producer()).isNull();
        assertThat(settings.cors().allowedOrigins()).isEmpty();
        assertThat(settings.strictTransport()).isEmpty();
    }

    @Test
    void shouldTakeAddressesAsTheGatewayDoes() {
        WebSettings settings = bound(Map.of(
                "votelog.public-urls.streams", "https://results.example/",
                "votelog.cors.allowed-origins", "https://a.example,https://b.example"));
        assertThat(settings.streams()).isEqualTo(URI.create("https://results.example"));
        assertThat(settings.producer()).isNull();
        assertThat(settings.cors().allowedOrigins()).containsExactly("https://a.example", "https://b.example");
        assertThat(settings.strictTransport()).isPresent();
        assertThatThrownBy(() -> bound(Map.of("votelog.public-urls.producer", "vote.example")))
                .rootCause()
                .isInstanceOf(BadSettingException.class)
                .hasMessage("votelog.public-urls.producer: vote.example");
    }

    private static WebSettings bound(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings)).bindOrCreate("votelog", WebSettings.class);
    }
}
