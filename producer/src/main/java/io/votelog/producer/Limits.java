package io.votelog.producer;

import io.votelog.web.limits.AddressRange;
import io.votelog.web.limits.ClientLimits;
import io.votelog.web.limits.ForwardingHeader;
import java.math.BigDecimal;
import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many requests a user and a client address may send: on average, and at once.
 *
 * @param user per user of a token
 * @param address per client address
 * @param trustedProxies the proxies, as addresses or ranges of them, that are believed in whom a request is from
 * @param forwardedHeader the header in which they say so, the name of a {@link ForwardingHeader}
 */
record Limits(
        @DefaultValue User user,
        @DefaultValue Address address,
        @DefaultValue List<String> trustedProxies,
        @DefaultValue("X-Forwarded-For") String forwardedHeader) {
    Limits {
        trustedProxies = ClientLimits.stripped(trustedProxies);
        ClientLimits.ranges(trustedProxies);
        ClientLimits.header(forwardedHeader);
    }

    /**
     * Of one user, whatever addresses they send from.
     *
     * @param rate requests per second on average; 0 for no limit
     * @param burst requests at once
     */
    record User(@DefaultValue("10") BigDecimal rate, @DefaultValue("100") int burst) {
        User {
            ClientLimits.requireRate("votelog.limits.user", rate, burst);
        }
    }

    /**
     * Of one client address, before anything else of a request is looked at.
     *
     * @param rate requests per second on average; 0 for no limit
     * @param burst requests at once
     * @param ipv6Prefix how many bits of an IPv6 address are counted as one client
     */
    record Address(
            @DefaultValue("1000") BigDecimal rate,
            @DefaultValue("5000") int burst,
            @DefaultValue("64") int ipv6Prefix) {
        Address {
            ClientLimits.requireRate("votelog.limits.address", rate, burst);
            ClientLimits.requirePrefix(ipv6Prefix);
        }
    }

    /** {@link #trustedProxies()} as ranges. */
    List<AddressRange> proxies() {
        return ClientLimits.ranges(trustedProxies);
    }

    /** {@link #forwardedHeader()} as what it names. */
    ForwardingHeader header() {
        return ClientLimits.header(forwardedHeader);
    }
}
