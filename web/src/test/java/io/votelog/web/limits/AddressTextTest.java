// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one instance writes of an address is what the other one reads. */
class AddressTextTest {
    private static final InetSocketAddress INSTANCE = new InetSocketAddress("10.0.0.2", 4711);

    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.7", "0.0.0.0", "255.255.255.255", "2001:db8::1", "::1", "ffff:0:1:0:0:0:0:8"})
    void shouldBeReadAsWritten(String text) {
        IpAddress address = Objects.requireNonNull(IpAddress.parse(text));
        assertThat(IpAddress.parse(address.text())).isEqualTo(address);
    }

    @Test
    void shouldNotCountTheConnectionsOfAProxy() {
        ClientAddress clients =
                new ClientAddress(List.of(AddressRange.parse("10.0.0.0/8")), ForwardingHeader.X_FORWARDED_FOR, 64);
        assertThat(clients.ofPeer(INSTANCE)).isNull();
        assertThat(clients.ofPeer(null)).isNull();
        assertThat(clients.ofPeer(new InetSocketAddress("2001:db8::1", 1)))
                .isEqualTo(clients.ofPeer(new InetSocketAddress("2001:db8::2", 1)))
                .isEqualTo(IpAddress.parse("2001:db8::"));
    }
}
