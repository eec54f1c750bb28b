// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {
    private static final List<AddressRange> PROXIES =
            List.of(AddressRange.parse("10.0.0.0/8"), AddressRange.parse("2001:db8:aa::/48"));
    private static final Function<String, List<String>> NO_HEADERS = name -> List.of();

    /** A group of more than four digits, or a number that might be octal: the JDK reads them, RFC 4291 knows none. */
    private static final String LAX = ".*([0-9a-f]{5}|\\b0[0-9]+(\\.|$)).*";

    /** The peer 10.0.0.1 is a trusted proxy; {@code ¦} divides header lines. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // What it is for.
                "203.0.113.7 | 203.0.113.7",
                "203.0.113.7:4711 | 203.0.113.7",
                "2001:db8:1:2:3:4:5:6 | 2001:db8:1:2::",
                "[2001:db8:1:2:3:4:5:6] | 2001:db8:1:2::",
                "[2001:db8:1:2:3:4:5:6]:4711 | 2001:db8:1:2::",
                "2001:db8:1:2::9%eth0 | 2001:db8:1:2::",
                "::ffff:203.0.113.7 | 203.0.113.7",
                "[::ffff:cb00:7107]:80 | 203.0.113.7",
                // A chain of trusted proxies, in one line or several.
                "203.0.113.7, 10.9.9.9 | 203.0.113.7",
                "203.0.113.7,10.9.9.9,\t2001:db8:aa::1 ,10.0.0.2 | 203.0.113.7",
                "203.0.113.7 ¦ 10.9.9.9 ¦ ::ffff:10.0.0.3 | 203.0.113.7",
                // The client's own words are left of its address.
                "1.2.3.4, 203.0.113.7 | 203.0.113.7",
                "10.0.0.5, 203.0.113.7 | 203.0.113.7",
                "1.2.3.4 ¦ 203.0.113.7, 10.0.0.2 | 203.0.113.7",
                "1.2.3.4, 203.0.113.7, 10.0.0.5, 10.0.0.6 | 203.0.113.7",
                "garbage, \", (, 203.0.113.7 | 203.0.113.7",
                // All of them trusted: a proxy asks for itself.
                "10.0.0.9, 10.0.0.8 | 10.0.0.9",
                // What is no address ends the walk.
                "203.0.113.7, unknown | 10.0.0.1",
                "203.0.113.7, unknown, 10.0.0.2 | 10.0.0.2",
                "203.0.113.7, | 10.0.0.1",
                "203.0.113.7,, 10.0.0.2 | 10.0.0.2",
                "203.0.113.7 ¦ `` | 10.0.0.1",
                "vote.example | 10.0.0.1",
                "localhost | 10.0.0.1",
                "203.0.113 | 10.0.0.1",
                "203.0.113.07 | 10.0.0.1",
                "203.0.113.256 | 10.0.0.1",
                "203.0.113.7.9 | 10.0.0.1",
                "203.0.113.7: | 10.0.0.1",
                "203.0.113.7:x | 10.0.0.1",
                "203.0.113.7:123456 | 10.0.0.1",
                "[203.0.113.7] | 10.0.0.1",
                "3405803783 | 10.0.0.1",
                "0x7f000001 | 10.0.0.1",
                "٢٠٣.0.113.7 | 10.0.0.1",
                "[2001:db8::1 | 10.0.0.1",
                "2001:db8::1] | 10.0.0.1",
                "[2001:db8::1]80 | 10.0.0.1",
                "[] | 10.0.0.1"
            })
    void shouldFindTheClientInXForwardedFor(String lists, String client) {
        assertThat(client(ForwardingHeader.X_FORWARDED_FOR, lists)).isEqualTo(address(client));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // RFC 7239, section 4 and 6.
                "for=203.0.113.7;proto=http;by=203.0.113.43 | 203.0.113.7",
                "For=\"[2001:db8:cafe::17]:4711\" | 2001:db8:cafe::",
                "by=10.0.0.1;FOR=\"203.0.113.7:80\" | 203.0.113.7",
                "for=203.0.113.7, for=10.9.9.9 | 203.0.113.7",
                "for=203.0.113.7 ¦ for=10.9.9.9;proto=https, for=\"[2001:db8:aa::1]\" | 203.0.113.7",
                // Commas, semicolons, quotes and even addresses in quoted strings.
                "for=203.0.113.7;host=\"a,for=1.2.3.4;for=1.2.3.4\" | 203.0.113.7",
                "for=203.0.113.7;x=\"a\\\",for=1.2.3.4\" | 203.0.113.7",
                "for=203.0.113.7;x=\"a,for=1.2.3.4;\\\"\" | 203.0.113.7",
                "x=\"\\\\\";for=203.0.113.7 | 203.0.113.7",
                // A client's open string swallows nothing of what its proxy wrote.
                "for=\"1.2.3.4, for=203.0.113.7 | 203.0.113.7",
                "for=1.2.3.4;x=\", for=203.0.113.7;y=\"z\" | 203.0.113.7",
                "for=1.2.3.4;x=\"\\, for=\"203.0.113.7\" | 203.0.113.7",
                "for=1.2.3.4, for=203.0.113.7 | 203.0.113.7",
                // What names no address ends the walk.
                "for=203.0.113.7, for=unknown | 10.0.0.1",
                "for=203.0.113.7, for=_hidden, for=10.0.0.2 | 10.0.0.2",
                "for=203.0.113.7, for=\"_SEVKISEK\" | 10.0.0.1",
                "for=203.0.113.7, proto=https | 10.0.0.1",
                "for=203.0.113.7;for=203.0.113.8 | 10.0.0.1",
                "for=203.0.113.7, | 10.0.0.1",
                "for=\"203.0.113.7 | 10.0.0.1",
                "for=\" | 10.0.0.1",
                "for= | 10.0.0.1",
                "203.0.113.7 | 10.0.0.1"
            })
    void shouldFindTheClientInForwarded(String lists, String client) {
        assertThat(client(ForwardingHeader.FORWARDED, lists)).isEqualTo(address(client));
    }

    @Test
    void shouldNotLookAtHeadersOfAPeerThatIsNoTrustedProxy() {
        Function<String, List<String>> headers = name -> {
            throw new AssertionError("looked at " + name);
        };
        for (ForwardingHeader header : ForwardingHeader.values()) {
            ClientAddress addresses = new ClientAddress(PROXIES, header, 64);
            assertThat(addresses.of(peer("203.0.113.7"), headers)).isEqualTo(address("203.0.113.7"));
            assertThat(addresses.of(peer("2001:db8:bb::1"), headers)).isEqualTo(address("2001:db8:bb::"));
            assertThat(new ClientAddress(List.of(), header, 64).of(peer("10.0.0.1"), headers))
                    .isEqualTo(address("10.0.0.1"));
        }
    }

    /** A proxy that writes the one lets the other through as the client sent it. */
    @Test
    void shouldReadOneHeaderAlone() {
        Map<String, List<String>> headers =
                Map.of("Forwarded", List.of("for=1.2.3.4"), "X-Forwarded-For", List.of("203.0.113.7"));
        Function<String, List<String>> values = name -> headers.getOrDefault(name, List.of());
        assertThat(new ClientAddress(PROXIES, ForwardingHeader.X_FORWARDED_FOR, 64).of(peer("10.0.0.1"), values))
                .isEqualTo(address("203.0.113.7"));
        Map<String, List<String>> spoofed = Map.of("Forwarded", List.of("for=1.2.3.4"));
        assertThat(new ClientAddress(PROXIES, ForwardingHeader.X_FORWARDED_FOR, 64)
                        .of(peer("10.0.0.1"), name -> spoofed.getOrDefault(name, List.of())))
                .isEqualTo(address("10.0.0.1"));
    }

    @ParameterizedTest
    @CsvSource({
        "32, 2001:db8::",
        "33, 2001:db8:8000::",
        "48, 2001:db8:ffff::",
        "64, 2001:db8:ffff:ffff::",
        "65, 2001:db8:ffff:ffff:8000::",
        "127, 2001:db8:ffff:ffff:ffff:ffff:ffff:fffe",
        "128, 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"
    })
    void shouldCountIpv6ByItsPrefixAndIpv4Whole(int prefix, String network) {
        ClientAddress addresses = new ClientAddress(List.of(), ForwardingHeader.FORWARDED, prefix);
        assertThat(addresses.of(peer("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"), NO_HEADERS))
                .isEqualTo(address(network));
        assertThat(addresses.of(peer("203.0.113.7"), NO_HEADERS))
                .isEqualTo(address("203.0.113.7"))
                .isNotEqualTo(address("203.0.113.6"));
    }

    @Test
    void shouldCountPeersWithoutAnAddressAsOne() {
        ClientAddress addresses = new ClientAddress(PROXIES, ForwardingHeader.FORWARDED, 64);
        assertThat(addresses.of(null, NO_HEADERS))
                .isEqualTo(addresses.of(InetSocketAddress.createUnresolved("vote.example", 80), NO_HEADERS));
    }

    @Test
    void shouldShowNoAddress() {
        assertThat(address("203.0.113.7")).hasToString("IpAddress[not shown]");
        assertThat(new ClientAddress(PROXIES, ForwardingHeader.FORWARDED, 64).toString())
                .doesNotContain("10.0");
    }

    /** Any form of any address is what the JDK says it is. */
    @ParameterizedTest
    @MethodSource("seeds")
    void shouldReadAddressesAsTheJdkDoes(long seed) throws UnknownHostException {
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(3) == 0 ? 4 : 16];
            for (int at = 0; at < bytes.length; at++) {
                bytes[at] = (byte) (random.nextInt(3) == 0 ? random.nextInt() : 0);
            }
            String text = random.nextBoolean() ? InetAddress.getByAddress(bytes).getHostAddress() : text(bytes, random);
            assertThat(IpAddress.parse(text))
                    .as("seed %d, %s", seed, text)
                    .isEqualTo(IpAddress.of(InetAddress.getByAddress(bytes)));
        }
    }

    /** Texts made of what addresses are made of: read as the JDK reads them or, where it is laxer, refused; never looked up. */
    @ParameterizedTest
    @MethodSource("seeds")
    void shouldReadNoAddressWhereTheJdkReadsNone(long seed) {
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 100_000; i++) {
            // A colon in front keeps the JDK from taking it for a name.
            String text = ":" + random(random, ":::ab01.", 12);
            IpAddress ours = IpAddress.parse(text);
            IpAddress theirs = jdk(text);
            if (ours != null) {
                read++;
                assertThat(ours).as("seed %d, %s", seed, text).isEqualTo(theirs);
            } else if (theirs != null) {
                assertThat(text).as("seed %d: refused without need", seed).matches(LAX);
            }
        }
        assertThat(read).as("seed %d", seed).isGreaterThan(1_000);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldThrowAtNoGarbage(long seed) {
        Random random = new Random(seed);
        String[] pieces = {
            "for=",
            "FOR =",
            "\"",
            "\\",
            ",",
            ";",
            ":",
            "::",
            "[",
            "]",
            "%",
            "%e",
            " ",
            "\t",
            "10.0.0.1",
            "203.0.113.7",
            "2001:db8:aa::1",
            "unknown",
            "=",
            "0",
            "ffff",
            "255.",
            "é",
            "\0",
            "4711"
        };
        for (int i = 0; i < 30_000; i++) {
            List<String> lists = IntStream.range(0, random.nextInt(4))
                    .mapToObj(line -> IntStream.range(0, random.nextInt(12))
                            .mapToObj(piece -> pieces[random.nextInt(pieces.length)])
                            .reduce("", String::concat))
                    .toList();
            for (ForwardingHeader header : ForwardingHeader.values()) {
                ClientAddress addresses = new ClientAddress(PROXIES, header, 64);
                assertThat(addresses.of(peer("10.0.0.1"), name -> lists))
                        .as("seed %d, %s", seed, lists)
                        .isNotNull();
                // Whatever a client sends, a proxy that appends its address is believed.
                List<String> appended = lists.isEmpty() ? List.of("") : lists;
                String own =
                        header == ForwardingHeader.FORWARDED ? "for=\"198.51.100.9:1\";proto=https" : "198.51.100.9";
                List<String> behindProxy = IntStream.range(0, appended.size())
                        .mapToObj(line ->
                                line < appended.size() - 1 ? appended.get(line) : appended.get(line) + ", " + own)
                        .toList();
                assertThat(addresses.of(peer("10.0.0.1"), name -> behindProxy))
                        .as("seed %d, %s", seed, behindProxy)
                        .isEqualTo(address("198.51.100.9"));
            }
        }
    }

    static LongStream seeds() {
        return LongStream.range(1, 5).map(n -> n * 104_729);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, 11.0.0.0",
        "10.0.0.0/8, ::ffff:10.0.0.1, ::a00:1",
        "192.0.2.128/25, 192.0.2.128, 192.0.2.127",
        "192.0.2.1, 192.0.2.1, 192.0.2.2",
        "192.0.2.1/32, 192.0.2.1, 192.0.2.0",
        "128.0.0.0/1, 255.0.0.1, 127.0.0.1",
        "::ffff:10.0.0.0/104, 10.1.1.1, 11.1.1.1",
        "2001:db8::/32, 2001:db8:ffff::1, 2001:db9::",
        "2001:db8::/65, 2001:db8::7fff:0:0:0, 2001:db8::8000:0:0:0",
        "2001:db8::1, 2001:db8::1, 2001:db8::2",
        "::1, ::1, ::2",
        "8000::/1, ffff::, 7fff::",
        "::/1, ::1, 203.0.113.7"
    })
    void shouldHoldTheAddressesThatBeginAlike(String range, String inside, String outside) {
        assertThat(AddressRange.parse(range).contains(address(inside))).isTrue();
        assertThat(AddressRange.parse(range).contains(address(outside))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/8",
                "proxy.example",
                "10.0.0.0/",
                "10.0.0.0/0",
                "10.0.0.0/33",
                "10.0.0.0/08",
                "10.0.0.0/-1",
                "10.0.0.0/8/8",
                "10.0.0.1/8",
                "10.0.0.0/255.0.0.0",
                "10.0.0/8",
                "::/0",
                "::1/129",
                "2001:db8::1/32",
                "fe80::1%eth0",
                "[::1]",
                "10.0.0.0/99999999999"
            })
    void shouldRefuseWhatIsNoRange(String text) {
        assertThatThrownBy(() -> AddressRange.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    private static IpAddress client(ForwardingHeader header, String lists) {
        List<String> lines = Arrays.stream(lists.split("¦", -1))
                .map(line -> line.strip().equals("``") ? "" : line)
                .toList();
        return new ClientAddress(PROXIES, header, 64)
                .of(peer("10.0.0.1"), name -> name.equals(header.headerName()) ? lines : List.of());
    }

    private static IpAddress address(String text) {
        return Objects.requireNonNull(IpAddress.parse(text));
    }

    private static InetSocketAddress peer(String literal) {
        return new InetSocketAddress(literal, 4711);
    }

    /** Only for texts that hold a colon, which no name does. */
    private static IpAddress jdk(String text) {
        try {
            return IpAddress.of(InetAddress.getByName(text));
        } catch (UnknownHostException none) {
            return null;
        }
    }

    private static String random(Random random, String alphabet, int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most); i >= 0; i--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    /** One of the texts that an address has: upper case, leading zeros, a gap somewhere, a dotted end, a zone. */
    private static String text(byte[] bytes, Random random) {
        if (bytes.length == 4) {
            return "::ffff:%d.%d.%d.%d".formatted(bytes[0] & 255, bytes[1] & 255, bytes[2] & 255, bytes[3] & 255);
        }
        boolean dotted = random.nextInt(4) == 0;
        int groups = dotted ? 6 : 8;
        int gap = random.nextInt(groups);
        int gapEnd = gap;
        while (gapEnd < groups && bytes[gapEnd * 2] == 0 && bytes[gapEnd * 2 + 1] == 0) {
            gapEnd++;
        }
        StringBuilder text = new StringBuilder();
        for (int group = 0; group < groups; group++) {
            if (group == gap && gapEnd > gap) {
                text.append(group == 0 ? "::" : ":");
                group = gapEnd - 1;
                continue;
            }
            int value = (bytes[group * 2] & 255) << 8 | bytes[group * 2 + 1] & 255;
            String form = random.nextBoolean() ? "%x" : random.nextBoolean() ? "%04X" : "%03x";
            text.append(form.formatted(value)).append(group < 7 ? ":" : "");
        }
        if (dotted) {
            text.append("%d.%d.%d.%d".formatted(bytes[12] & 255, bytes[13] & 255, bytes[14] & 255, bytes[15] & 255));
        }
        return text + (random.nextInt(4) == 0 ? "%eth0" : "");
    }
}
