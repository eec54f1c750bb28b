// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicAddressTest {
    private static final String KEY = "votelog.public-urls.streams";

    @ParameterizedTest
    @CsvSource({
        "https://vote.example, https://vote.example",
        "https://vote.example/, https://vote.example",
        "http://localhost:8081/, http://localhost:8081",
        "https://vote.example//, https://vote.example",
        "https://vote.example/below/, https://vote.example/below",
    })
    void shouldLeaveOutSlashesAtTheEnd(URI given, URI address) {
        assertThat(PublicAddress.of(KEY, given)).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "results", "ftp://vote.example", "https:/vote.example", "https://a?b", "https://a#b"})
    void shouldTakeNothingElse(URI given) {
        assertThatThrownBy(() -> PublicAddress.of(KEY, given))
                .isInstanceOfSatisfying(BadSettingException.class, bad -> assertThat(bad.allowed())
                        .startsWith("an http or https URL"))
                .hasMessage(KEY + ": " + given);
    }
}
