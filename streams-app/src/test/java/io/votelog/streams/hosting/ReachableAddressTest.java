// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ReachableAddressTest {
    @Test
    void shouldBeLocalWhereTheBrokersAre() {
        assertThat(ReachableAddress.of(null, List.of("localhost:9092"), "8081")).isEqualTo("localhost:8081");
        assertThat(ReachableAddress.of("0.0.0.0", List.of("[::1]:9092"), "8081"))
                .isEqualTo("localhost:8081");
    }

    @Test
    void shouldBeWhereTheServerListens() {
        assertThat(ReachableAddress.of("192.0.2.7", List.of("localhost:9092"), "8081"))
                .isEqualTo("192.0.2.7:8081");
        assertThat(ReachableAddress.of("2001:db8::7", List.of("localhost:9092"), "8081"))
                .isEqualTo("[2001:db8:0:0:0:0:0:7]:8081");
    }

    @Test
    void shouldBeLocalWhereNoWayIsKnown() {
        assertThat(ReachableAddress.of(null, List.of("no-such-host.invalid:9092", "nothing"), "8081"))
                .isEqualTo("localhost:8081");
    }
}
