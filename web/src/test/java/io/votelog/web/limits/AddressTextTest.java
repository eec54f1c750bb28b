// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one instance writes of an address is what the other one reads; and what Netty reads is not always what is written. */
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

    /** Why addresses are not read by Netty ({@code web/RATIONALE.md}). Where one of these fails, Netty reads this text as we do by now. */
    @ParameterizedTest
    @CsvSource({
        // Decimal to Netty, octal to others: two programs may take it for two addresses.
        "010.0.0.1, none, 10.0.0.1",
        "::ffff:1.2.3.04, none, 1.2.3.4",
        // Not the IPv4 address, which has ffff in front (RFC 4291, section 2.5.5).
        "::1.2.3.4, ::102:304, 1.2.3.4",
        // RFC 4291, section 2.2, form 3.
        "64:ff9b::1.2.3.4, 64:ff9b::102:304, none",
        "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304, none",
        "[::1], none, ::1",
        "[::1%1], none, ::1",
        "fe80::1%, none, fe80::1"
    })
    void shouldBeReadOtherwiseThanByNetty(String text, String ours, String netty) throws UnknownHostException {
        assertThat(IpAddress.parse(text)).as("here").isEqualTo(ours.equals("none") ? null : jdk(ours));
        assertThat(netty(text)).as("by Netty").isEqualTo(netty.equals("none") ? null : jdk(netty));
    }

    /** Of texts without a zone or brackets Netty takes all that are read here but those with a dotted end, for the same addresses. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void shouldBeReadLikeNettyReadsTheRest(long seed) throws UnknownHostException {
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 100_000; i++) {
            String letters = random.nextBoolean() ? "::::ab01F" : "123.";
            String text = random.ints(random.nextInt(14), 0, letters.length())
                    .mapToObj(at -> letters.substring(at, at + 1))
                    .collect(Collectors.joining());
            assertThat(IpAddress.parse(text)).as("seed %d, %s", seed, text).isEqualTo(netty(text));
            read += IpAddress.parse(text) == null ? 0 : 1;
        }
        assertThat(read).as("seed %d", seed).isGreaterThan(500);
    }

    private static @Nullable IpAddress netty(String text) throws UnknownHostException {
        byte @Nullable [] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        return bytes == null ? null : IpAddress.of(InetAddress.getByAddress(bytes));
    }

    private static IpAddress jdk(String literal) throws UnknownHostException {
        return IpAddress.of(InetAddress.getByName(literal));
    }
}
