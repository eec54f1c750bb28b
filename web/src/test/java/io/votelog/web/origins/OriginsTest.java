// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.origins;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.web.cors.CorsConfiguration;

class OriginsTest {
    private final Origins origins =
            new Origins(allowing("https://page.example"), URI.create("https://Vote.example:443/"));

    @Test
    void shouldTakeTheHostAskedForAsOwn() {
        assertThat(own("http://a:8080", false, "a:8080")).isTrue();
        assertThat(own("http://a", false, "A:80")).isTrue();
        assertThat(own("http://[::1]:8080", false, "[::1]:8080")).isTrue();
        assertThat(own("http://a:8081", false, "a:8080")).isFalse();
        assertThat(own("http://a", false, null)).isFalse();
    }

    @Test
    void shouldTakeHttpsOfTheSameHostAsOwnAndNeverHttpOfAnHttpsOne() {
        assertThat(own("https://a", false, "a")).isTrue();
        assertThat(own("https://a", true, "a:443")).isTrue();
        assertThat(own("http://a", true, "a")).isFalse();
    }

    @Test
    void shouldTakeThePublicAddressAsOwn() {
        assertThat(own("https://vote.example", false, "10.0.0.7:8080")).isTrue();
        assertThat(own("https://vote.example:443", false, "10.0.0.7:8080")).isTrue();
        assertThat(own("http://vote.example", false, "10.0.0.7:8080")).isFalse();
        assertThat(own("https://vote.example.evil", false, "10.0.0.7:8080")).isFalse();
    }

    @Test
    void shouldTakeNothingElseAsOwn() {
        for (String origin : List.of("null", "", "://", "https://", "ftp://a", "a", "https://a/path", "HTTPS://a")) {
            assertThat(own(origin, false, "a")).as(origin).isFalse();
        }
        assertThat(origins.areOwn(List.of("http://a", "http://a"), false, "a")).isFalse();
    }

    @Test
    void shouldAllowWhatIsConfigured() {
        assertThat(origins.allowance(List.of("https://page.example"))).isEqualTo("https://page.example");
        assertThat(origins.allowance(List.of("https://evil.example"))).isNull();
        assertThat(origins.allowance(List.of("null"))).isNull();
        assertThat(origins.allowance(List.of("https://page.example", "https://page.example")))
                .isNull();
        Origins open = new Origins(allowing("*"), null);
        assertThat(open.allowance(List.of("null"))).isEqualTo("*");
        assertThat(new Origins(new CorsConfiguration(), null).allowance(List.of("https://page.example")))
                .isNull();
    }

    private boolean own(String origin, boolean https, String host) {
        return origins.areOwn(List.of(origin), https, host);
    }

    private static CorsConfiguration allowing(String origin) {
        CorsConfiguration allowed = new CorsConfiguration();
        allowed.setAllowedOrigins(List.of(origin));
        return allowed;
    }
}
