// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortsTest {
    // Of no range that anything else here takes ports from.
    private static final int FIRST = 30_100;
    private static final int END = 30_110;

    @Test
    void shouldGiveAPortOnceThoughNothingListensThere() {
        Set<Integer> given = new HashSet<>();
        assertThatThrownBy(() -> {
                    while (true) {
                        assertThat(given.add(Ports.anyFree(FIRST, END, Set.of())))
                                .isTrue();
                    }
                })
                .isInstanceOf(ChildStartException.class)
                .hasMessageContaining("no free port");
        assertThat(given).isNotEmpty().allSatisfy(port -> assertThat(Ports.free(port))
                .isTrue());
    }

    @Test
    void shouldNotGiveWhatAnotherProcessHasGiven() throws Exception {
        // As another process that chose this port would hold it.
        try (DatagramSocket other = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            int chosen = other.getLocalPort();
            assertThatThrownBy(() -> Ports.anyFree(chosen, chosen + 1, Set.of()))
                    .isInstanceOf(ChildStartException.class);
        }
    }
}
