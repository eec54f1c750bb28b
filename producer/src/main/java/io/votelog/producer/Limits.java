package io.votelog.producer;

import io.votelog.web.limits.AddressRange;
import io.votelog.web.limits.ForwardingHeader;
import io.votelog.web.limits.TokenBuckets;
import io.votelog.web.settings.BadSettingException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many requests a user and a client address may send, and how many new votes a voter may cast: on average, and at once.
 *
 * @param user per user of a token
 * @param address per client address
 * @param votes per voter and ballot
 * @param trustedProxies the proxies, as addresses or ranges of them, that are believed in whom a request is from
 * @param forwardedHeader the header in which they say so, the name of a {@link ForwardingHeader}
 */
record Limits(
        @DefaultValue User user,
        @DefaultValue Address address,
        @DefaultValue Votes votes,
        @DefaultValue List<String> trustedProxies,
        @DefaultValue("X-Forwarded-For") String forwardedHeader) {
    static final int MAX_BURST = 1_000_000;

    Limits {
        trustedProxies = trustedProxies.stream()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
        ranges(trustedProxies);
        header(forwardedHeader);
    }

    /**
     * Of one user, whatever addresses they send from.
     *
     * @param rate requests per second on average; 0 for no limit
     * @param burst requests at once
     */
    record User(@DefaultValue("10") BigDecimal rate, @DefaultValue("100") int burst) {
        User {
            requireRate("votelog.limits.user", rate, burst);
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
            requireRate("votelog.limits.address", rate, burst);
            if (ipv6Prefix < 32 || ipv6Prefix > 128) {
                throw new BadSettingException(
                        "votelog.limits.address.ipv6-prefix", Integer.toString(ipv6Prefix), "32 to 128");
            }
        }
    }

    /**
     * Of one voter on one ballot, counted in votes that would be new in the log. One of them counts, and all stand in the public
     * turnout.
     *
     * @param burst new votes at once
     * @param every the time in which one more comes back; 0 for no limit
     */
    record Votes(@DefaultValue("5") int burst, @DefaultValue("10m") Duration every) {
        Votes {
            if (burst < 1 || burst > MAX_BURST) {
                throw new BadSettingException(
                        "votelog.limits.votes.burst",
                        Integer.toString(burst),
                        "new votes at once: 1 to %d".formatted(MAX_BURST));
            }
            if (!every.isZero() && !TokenBuckets.fullInTime(every, burst)) {
                throw new BadSettingException(
                        "votelog.limits.votes.every",
                        every.toString(),
                        "0 for no limit, or 1s and more, of which votelog.limits.votes.burst, %d, make at most %d seconds"
                                .formatted(burst, TokenBuckets.MAX_SECONDS_TO_FULL));
            }
        }
    }

    /** {@link #trustedProxies()} as ranges. */
    List<AddressRange> proxies() {
        return ranges(trustedProxies);
    }

    /** {@link #forwardedHeader()} as what it names. */
    ForwardingHeader header() {
        return header(forwardedHeader);
    }

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

    private static void requireRate(String key, BigDecimal rate, int burst) {
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
