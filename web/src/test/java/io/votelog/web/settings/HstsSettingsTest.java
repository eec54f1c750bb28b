// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Browsers are told to stay with https for as long as is set, and nothing is said of other hosts unless that is set too. */
class HstsSettingsTest {
    private static final URI HTTPS = URI.create("HTTPS://vote.example");
    private static final URI HTTP = URI.create("http://vote.example");

    @Test
    void shouldSayAYearWhereThePublicAddressIsHttps() {
        HstsSettings unset = new HstsSettings(null, false);
        assertThat(unset.header(HTTPS)).hasValue("max-age=31536000");
        assertThat(unset.header(HTTP)).isEmpty();
        assertThat(unset.header(null)).isEmpty();
        assertThat(new HstsSettings(null, true).header(HTTPS)).hasValue("max-age=31536000; includeSubDomains");
    }

    @Test
    void shouldSayWhatIsSet() {
        assertThat(new HstsSettings(Duration.ofMinutes(1), false).header(HTTP)).hasValue("max-age=60");
        assertThat(new HstsSettings(Duration.ofMinutes(1), true).header(null))
                .hasValue("max-age=60; includeSubDomains");
    }

    /** RFC 6797, 6.1.1: only a header says that what browsers remember is over. */
    @Test
    void shouldTakeBackWhatWasSaid() {
        assertThat(new HstsSettings(Duration.ZERO, false).header(HTTPS)).hasValue("max-age=0");
        assertThat(new HstsSettings(Duration.ZERO, true).header(HTTP)).hasValue("max-age=0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-1S", "PT0.5S", "PT876001H"})
    void shouldRefuseWhatIsNoTimeToRemember(Duration maxAge) {
        assertThatThrownBy(() -> new HstsSettings(maxAge, false))
                .isInstanceOf(BadSettingException.class)
                .hasMessage("votelog.hsts.max-age: " + maxAge);
    }
}
