// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.limits;

import io.votelog.schemas.hash.SipHash;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A rate and a burst for each of however many senders, and how answers tell of it: the headers of
 * draft-ietf-httpapi-ratelimit-headers-11. Senders are known by a hash whose key dies with the process.
 */
public final class RateLimit {
    /** Says the limits, the same in every answer. */
    public static final String POLICY_HEADER = "RateLimit-Policy";

    /** Says what is left. */
    public static final String LEVEL_HEADER = "RateLimit";

    /** Room for so many senders whose buckets are not full at a time: 2 MiB. */
    private static final int SLOTS = 1 << 18;

    private final String name;
    private final String allowance;
    private final String levelStart;
    private final TokenBuckets buckets;
    private final SipHash hash = SipHash.withRandomKey(SipHash.Rounds.TWO_FOUR);
    private final int burst;
    private final boolean on;

    /**
     * A limit.
     *
     * @param name as the headers call it
     * @param who may send so many, for people to read
     * @param rate requests per second on average; 0 for no limit
     * @param burst requests at once
     * @param nanoClock as {@link System#nanoTime()}
     */
    public RateLimit(String name, String who, BigDecimal rate, int burst, LongSupplier nanoClock) {
        this(
                name,
                "%s may send %s requests a second on average, and %d at once"
                        .formatted(who, rate.toPlainString(), burst),
                new TokenBuckets(rate, burst, rate.signum() > 0 ? SLOTS : TokenBuckets.MIN_SLOTS, nanoClock),
                burst);
    }

    private RateLimit(String name, String allowance, TokenBuckets buckets, int burst) {
        this.name = name;
        this.allowance = allowance;
        this.levelStart = "\"" + name + "\";r=";
        this.buckets = buckets;
        this.burst = burst;
        this.on = buckets.secondsFromEmptyToFull() > 0;
    }

    /**
     * A limit of what comes ever so often.
     *
     * @param name as the headers call it
     * @param allowance what is allowed, as a clause
     * @param every the time in which one more comes back; 0 for no limit
     * @param burst at once
     * @param nanoClock as {@link System#nanoTime()}
     */
    public static RateLimit oneIn(String name, String allowance, Duration every, int burst, LongSupplier nanoClock) {
        int slots = every.isZero() ? TokenBuckets.MIN_SLOTS : SLOTS;
        return new RateLimit(name, allowance, TokenBuckets.every(every, burst, slots, nanoClock), burst);
    }

    /** As the headers call it. */
    public String name() {
        return name;
    }

    /** What is allowed, as a clause; it names nobody. */
    public String allowance() {
        return allowance;
    }

    /** False where the rate is 0: then every token is granted. */
    public boolean isOn() {
        return on;
    }

    /** Takes a token of an address. */
    public TokenBuckets.Draw take(IpAddress address) {
        return buckets.take(hash.of(address.high(), address.low()));
    }

    /**
     * Takes a token of whom this hash names.
     *
     * @param hash of all 64 bits alike, and nobody else's to choose
     */
    public TokenBuckets.Draw take(long hash) {
        return buckets.take(hash);
    }

    /** Gives back a token that was taken of whom this hash names. */
    public void giveBack(long hash) {
        buckets.giveBack(hash);
    }

    /** Takes a token of somebody with a name. */
    public TokenBuckets.Draw take(String sender) {
        return buckets.take(hash.of(sender.getBytes(StandardCharsets.UTF_8)));
    }

    /** The burst, and the time in which an empty bucket fills: together they say the rate. */
    public String policy() {
        return "\"%s\";q=%d;w=%d".formatted(name, burst, buckets.secondsFromEmptyToFull());
    }

    /**
     * What is left. {@code t} is the time until the bucket is full or, where it is empty, until a token is there, so that
     * {@code Retry-After} never ends before it.
     */
    public String level(TokenBuckets.Draw draw) {
        int seconds = draw.remaining() > 0 ? draw.secondsToFull() : draw.secondsToNext();
        return levelStart + draw.remaining() + ";t=" + seconds;
    }

    /** The headers that tell of the limit and of what is left. */
    public Map<String, String> headers(TokenBuckets.Draw draw) {
        return Map.of(POLICY_HEADER, policy(), LEVEL_HEADER, level(draw));
    }
}
