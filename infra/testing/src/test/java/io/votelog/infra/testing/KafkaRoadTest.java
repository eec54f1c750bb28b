// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class KafkaRoadTest {
    @Test
    void shouldReadTheRoadsByName() {
        assertThat(KafkaRoad.parse("X", "container")).isEqualTo(KafkaRoad.CONTAINER);
        assertThat(KafkaRoad.parse("X", " Process ")).isEqualTo(KafkaRoad.PROCESS);
        assertThat(KafkaRoad.parse("X", "")).isNull();
        assertThat(KafkaRoad.parse("X", null)).isNull();
    }

    @Test
    void shouldNameWhatIsAllowed() {
        assertThatThrownBy(() -> KafkaRoad.parse("VOTELOG_TEST_BROKER", "docker"))
                .hasMessage("VOTELOG_TEST_BROKER is 'docker': 'container' or 'process' is allowed");
    }
}
