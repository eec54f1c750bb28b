// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.producer.BoundSettings;
import io.votelog.web.limits.ClientLimits;
import io.votelog.web.limits.ForwardingHeader;
import io.votelog.web.limits.IpAddress;
import io.votelog.web.settings.BadSettingException;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsTest {
    @Test
    void shouldHaveLimitsThatFitACrowdBehindOneAddress() {
        Limits limits = BoundSettings.of(Limits.class, Map.of());
        assertThat(limits)
                .isEqualTo(new Limits(
                        new Limits.User(new BigDecimal("10"), 100),
                        new Limits.Address(new BigDecimal("1000"), 5000),
                        new Limits.Votes(5, Duration.ofMinutes(10)),
                        new Limits.Retries(100, Duration.ofMinutes(1))));
        ClientLimits clients = BoundSettings.of(ClientLimits.class, Map.of());
        assertThat(clients.forwardedHeader()).isEqualTo(ForwardingHeader.X_FORWARDED_FOR.headerName());
        assertThat(clients.trustedProxies()).isEmpty();
        assertThat(clients.address().ipv6Prefix()).isEqualTo(64);
    }

    @Test
    void shouldReadLimits() {
        Map<String, Object> variables = Map.of(
                "VOTELOG_LIMITS_USER_RATE", "0.5",
                "VOTELOG_LIMITS_USER_BURST", "7",
                "VOTELOG_LIMITS_ADDRESS_RATE", "0",
                "VOTELOG_LIMITS_ADDRESS_BURST", "1",
                "VOTELOG_LIMITS_ADDRESS_IPV6_PREFIX", "56",
                "VOTELOG_LIMITS_VOTES_BURST", "3",
                "VOTELOG_LIMITS_VOTES_EVERY", "90s",
                "VOTELOG_LIMITS_TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::1",
                "VOTELOG_LIMITS_FORWARDED_HEADER", "forwarded");
        Limits limits = BoundSettings.of(Limits.class, variables);
        assertThat(limits.user()).isEqualTo(new Limits.User(new BigDecimal("0.5"), 7));
        assertThat(limits.address()).isEqualTo(new Limits.Address(new BigDecimal("0"), 1));
        assertThat(limits.votes()).isEqualTo(new Limits.Votes(3, Duration.ofSeconds(90)));
        assertThat(BoundSettings.of(
                                Limits.class,
                                Map.of("VOTELOG_LIMITS_RETRIES_BURST", "30", "VOTELOG_LIMITS_RETRIES_EVERY", "2s"))
                        .retries())
                .isEqualTo(new Limits.Retries(30, Duration.ofSeconds(2)));
        assertThat(BoundSettings.of(Limits.class, Map.of("VOTELOG_LIMITS_VOTES_EVERY", "0"))
                        .votes()
                        .every())
                .isZero();
        ClientLimits clients = BoundSettings.of(ClientLimits.class, variables);
        assertThat(clients.trustedProxies()).containsExactly("10.0.0.0/8", "2001:db8::1");
        Map<String, List<String>> headers =
                Map.of("X-Forwarded-For", List.of("203.0.113.8"), "Forwarded", List.of("for=203.0.113.7"));
        assertThat(clients.clientAddress().of(new InetSocketAddress("10.0.0.1", 4711), headers::get))
                .isEqualTo(IpAddress.parse("203.0.113.7"));
        assertThat(clients.address().ipv6Prefix()).isEqualTo(56);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "USER_RATE | -1 | votelog.limits.user.rate: -1 | 0 for no limit, or 0.001 to 100000",
                "USER_RATE | 0.0001 | votelog.limits.user.rate: 0.0001 | at most 3 digits after the point",
                "USER_RATE | 1e-999999999 | votelog.limits.user.rate: 1E-999999999 | at most 3 digits after the point",
                "USER_RATE | 0.001 | votelog.limits.user.burst: 100 | votelog.limits.user.rate, 0.001 a second, gives back in 86400 s",
                "USER_BURST | 0 | votelog.limits.user.burst: 0 | 1 to 1000000",
                "ADDRESS_RATE | 100001 | votelog.limits.address.rate: 100001 | 0 for no limit, or 0.001 to 100000",
                "ADDRESS_BURST | 1000001 | votelog.limits.address.burst: 1000001 | 1 to 1000000",
                "ADDRESS_IPV6_PREFIX | 31 | votelog.limits.address.ipv6-prefix: 31 | 32 to 128",
                "ADDRESS_IPV6_PREFIX | 129 | votelog.limits.address.ipv6-prefix: 129 | 32 to 128",
                "VOTES_BURST | 0 | votelog.limits.votes.burst: 0 | 1 to 1000000",
                "VOTES_EVERY | -1s | votelog.limits.votes.every: PT-1S | 0 for no limit, or 1s and more",
                "VOTES_EVERY | 999ms | votelog.limits.votes.every: PT0.999S | 0 for no limit, or 1s and more",
                "VOTES_EVERY | 5h | votelog.limits.votes.every: PT5H | of which votelog.limits.votes.burst, 5, make at most 86400 s",
                "RETRIES_BURST | 1000001 | votelog.limits.retries.burst: 1000001 | 1 to 1000000",
                "RETRIES_EVERY | 15m | votelog.limits.retries.every: PT15M | of which votelog.limits.retries.burst, 100, make at most 86400 s",
                "TRUSTED_PROXIES | ::1,proxy.example | votelog.limits.trusted-proxies: 'proxy.example' is no address | no names",
                "TRUSTED_PROXIES | 0.0.0.0/0 | votelog.limits.trusted-proxies: '0.0.0.0/0' needs a length of 1 to 32 | 10.0.0.0/8",
                "FORWARDED_HEADER | X-Real-IP | votelog.limits.forwarded-header: X-Real-IP | X-Forwarded-For or Forwarded"
            })
    void shouldRefuseABadLimit(String key, String value, String wrong, String right) {
        Map<String, Object> variables = Map.of("VOTELOG_LIMITS_" + key, value);
        assertThatThrownBy(() -> {
                    BoundSettings.of(Limits.class, variables);
                    BoundSettings.of(ClientLimits.class, variables);
                })
                .rootCause()
                .isInstanceOfSatisfying(BadSettingException.class, bad -> {
                    assertThat(bad).hasMessageStartingWith(wrong);
                    assertThat(bad.allowed()).contains(right);
                });
    }
}
