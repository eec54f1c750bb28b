// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0"})
    void shouldNameEveryPortThatIsInUseAndItsUse(String host) throws Exception {
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getByName(host));
                ServerSocket two = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            List<Address> addresses =
                    List.of(new Address(one.getLocalPort(), "Kafka"), new Address(two.getLocalPort(), "the results"));
            assertThatThrownBy(() -> Address.requireFree(addresses, "stop what listens there"))
                    .isInstanceOf(SystemException.class)
                    .hasMessageContaining("port %d is in use, needed for Kafka".formatted(one.getLocalPort()))
                    .hasMessageContaining("port %d is in use, needed for the results".formatted(two.getLocalPort()));
        }
    }

    @Test
    void shouldFindAPortFreeThatWasJustLeft() throws Exception {
        int port;
        try (ServerSocket left = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = left.getLocalPort();
        }
        assertThatCode(() -> Address.requireFree(List.of(new Address(port, "Kafka")), "stop what listens there"))
                .doesNotThrowAnyException();
    }
}
