// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.producer.BoundSettings;
import io.votelog.producer.Gateway;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BallotSettingsTest {
    @Test
    void shouldReadTheKeysOfTheLogAndShowNoSecret() {
        BallotSettings settings = BoundSettings.of(
                BallotSettings.class,
                Map.of("VOTELOG_LOG_PRIVATE_KEY", Gateway.PRIVATE_KEY, "VOTELOG_LOG_PUBLIC_KEYS", "one,two"));
        assertThat(settings.log().privateKey()).isEqualTo(Gateway.PRIVATE_KEY);
        assertThat(settings.log().publicKeys()).containsExactly("one", "two");
        assertThat(settings.toString()).doesNotContain(Gateway.PRIVATE_KEY);
    }
}
