// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.producer.BoundSettings;
import io.votelog.producer.Gateway;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PepperSettingsTest {
    @Test
    void shouldReadThePepperAndNotShowIt() {
        PepperSettings settings = BoundSettings.of(PepperSettings.class, Map.of("VOTELOG_PEPPER", Gateway.PEPPER));
        assertThat(settings.pepper()).isEqualTo(Gateway.PEPPER);
        assertThat(settings.toString()).doesNotContain(Gateway.PEPPER);
    }
}
