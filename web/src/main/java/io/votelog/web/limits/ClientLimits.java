// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.limits;

import io.votelog.web.settings.BadSettingException;
import io.votelog.web.settings.CheckedAtStart;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What one client address may take from the others, at either side.
 *
 * @param address how many connections it may have, and what one address is
 * @param reads how many requests it may send that bring no votes
 * @param trustedProxies the proxies, as addresses or ranges of them, that are believed in whom a request is from
 * @param forwardedHeader the header in which they say so, the name of a {@link ForwardingHeader}
 */
@ConfigurationProperties("votelog.limits")
public record ClientLimits(
        @DefaultValue Address address,
        @DefaultValue Reads reads,
        @DefaultValue List<String> trustedProxies,
        @DefaultValue("X-Forwarded-For") String forwardedHeader)
        implements CheckedAtStart {
    /** Most requests at once that a limit may allow. */
    public static final int MAX_BURST = 1_000_000;

    public ClientLimits {
        trustedProxies = stripped(trustedProxies);
        ranges(trustedProxies);
        header(forwardedHeader);
    }

    /**
     * One client address.
     *
     * @param connections it may have at once; 0 for no limit. A trusted proxy may have any number
     * @param ipv6Prefix how many bits of an IPv6 address are counted as one client
     */
    public record Address(@DefaultValue("1000") int connections, @DefaultValue("64") int ipv6Prefix) {
        public Address {
            if (connections < 0 || connections > 1_000_000) {
                throw new BadSettingException(
                        "votelog.limits.address.connections",
                        Integer.toString(connections),
                        "connections at once: 0 for no limit, or 1 to 1000000");
            }
            requirePrefix(ipv6Prefix);
        }
    }

    /**
     * Requests of an address that bring no votes: pages, ballots, results, receipts.
     *
     * @param rate requests per second on average; 0 for no limit
     * @param burst requests at once
     */
    public record Reads(@DefaultValue("500") BigDecimal rate, @DefaultValue("2500") int burst) {
        public Reads {
            requireRate("votelog.limits.reads", rate, burst);
        }
    }

    /** Tells addresses apart by these settings. */
    public ClientAddress clientAddress() {
        return new ClientAddress(ranges(trustedProxies), header(forwardedHeader), address.ipv6Prefix());
    }

    /** Texts without what surrounds them, and without empty ones. */
    private static List<String> stripped(List<String> texts) {
        return texts.stream().map(String::strip).filter(text -> !text.isEmpty()).toList();
    }

    /**
     * Trusted proxies as ranges.
     *
     * @throws BadSettingException when one of them is none
     */
    private static List<AddressRange> ranges(List<String> texts) {
        List<AddressRange> ranges = new ArrayList<>();
        for (String text : texts) {
            try {
                ranges.add(AddressRange.parse(text));
            } catch (IllegalArgumentException e) {
                throw new BadSettingException(
                        "votelog.limits.trusted-proxies",
                        String.valueOf(e.getMessage()),
                        "addresses and ranges such as 10.0.0.0/8 or 2001:db8::/32, with commas between; no names");
            }
        }
        return List.copyOf(ranges);
    }

    /**
     * The header of this name.
     *
     * @throws BadSettingException when none that is known has it
     */
    private static ForwardingHeader header(String name) {
        for (ForwardingHeader header : ForwardingHeader.values()) {
            if (header.headerName().equalsIgnoreCase(name.strip())) {
                return header;
            }
        }
        throw new BadSettingException(
                "votelog.limits.forwarded-header",
                name,
                Arrays.stream(ForwardingHeader.values())
                        .map(ForwardingHeader::headerName)
                        .collect(Collectors.joining(" or ")));
    }

    /**
     * Checks how many bits of an IPv6 address are counted as one client.
     *
     * @throws BadSettingException when they are not 32 to 128
     */
    private static void requirePrefix(int ipv6Prefix) {
        if (ipv6Prefix < 32 || ipv6Prefix > 128) {
            throw new BadSettingException(
                    "votelog.limits.address.ipv6-prefix", Integer.toString(ipv6Prefix), "32 to 128");
        }
    }

    /**
     * Checks a rate and its burst.
     *
     * @param key under which {@code rate} and {@code burst} are set
     * @throws BadSettingException when they are out of their ranges, or do not fit each other
     */
    public static void requireRate(String key, BigDecimal rate, int burst) {
        boolean inRange = rate.signum() >= 0
                && rate.compareTo(BigDecimal.valueOf(TokenBuckets.MAX_RATE)) <= 0
                && rate.stripTrailingZeros().scale() <= TokenBuckets.RATE_SCALE;
        if (!inRange) {
            throw new BadSettingException(
                    key + ".rate",
                    rate.toString(),
                    "requests per second: 0 for no limit, or 0.001 to %d, with at most %d digits after the point"
                            .formatted(TokenBuckets.MAX_RATE, TokenBuckets.RATE_SCALE));
        }
        if (burst < 1 || burst > MAX_BURST) {
            throw new BadSettingException(
                    key + ".burst", Integer.toString(burst), "requests at once: 1 to %d".formatted(MAX_BURST));
        }
        if (rate.signum() > 0 && !TokenBuckets.fullInTime(rate, burst)) {
            throw new BadSettingException(
                    key + ".burst",
                    Integer.toString(burst),
                    "at most what %s.rate, %s a second, gives back in %d seconds"
                            .formatted(key, rate.toPlainString(), TokenBuckets.MAX_SECONDS_TO_FULL));
        }
    }
}
