// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class BrokerKindTest {
    @Test
    void shouldReadTheRoadsByName() {
        assertThat(BrokerKind.parse("X", "container")).isEqualTo(BrokerKind.CONTAINER);
        assertThat(BrokerKind.parse("X", " Process ")).isEqualTo(BrokerKind.PROCESS);
        assertThat(BrokerKind.parse("X", "")).isNull();
        assertThat(BrokerKind.parse("X", null)).isNull();
    }

    @Test
    void shouldNameWhatIsAllowed() {
        assertThatThrownBy(() -> BrokerKind.parse("VOTELOG_TEST_BROKER", "docker"))
                .hasMessage("VOTELOG_TEST_BROKER is 'docker': 'container' or 'process' is allowed");
    }
}
