// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.limits;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * Token buckets of one rate and burst, for however many keys, in a table whose size never changes. It never blocks and allocates
 * nothing for a key; any thread may call it.
 *
 * <p>A bucket is one 64-bit word: {@value #FINGERPRINT_BITS} bits of its key's hash, and the time at which it will be full again
 * (the theoretical arrival time of GCRA, the generic cell rate algorithm). A bucket that is full is as good as none, so its slot is
 * free, and nothing has to be cleared away: a slot is in use only from a key's token until that token has come back.
 *
 * <p>A key may stand in the {@value #LINE} slots of one line, which its hash names. Where all of them are in use by others, it gets
 * the slot of the bucket that is nearest to full, whose debt is forgotten: who is pressed out may send again sooner than the rate
 * allows, and nobody is refused for want of room. Two keys of a line whose fingerprints are the same share a bucket; in a line that
 * is full this meets one key in {@code 2^18 / 8}. Two threads that bring the same new key at the same moment may, once, charge it
 * in two slots, of which the first then counts.
 *
 * <p>Time is counted in units: where tokens come back by a rate, a token takes a power of ten of them, and they are 10 to 100 µs
 * each; where one comes back in so much time, they are milliseconds. Elapsed time is turned into units by
 * integers alone, so that no fraction of a rate gets lost however long the process lives. After 22 years at the earliest the units begin anew; a
 * bucket untouched for just as long may then be taken for one that is not full yet.
 */
public final class TokenBuckets {
    /** The fastest rate, in tokens per second. */
    public static final int MAX_RATE = 100_000;

    /** Most digits of a rate after the point. */
    public static final int RATE_SCALE = 3;

    /** The longest time that an empty bucket may need to be full. */
    public static final int MAX_SECONDS_TO_FULL = 86_400;

    /** Slots that a key may stand in. */
    private static final int LINE = 8;

    /** The smallest table. */
    public static final int MIN_SLOTS = LINE;

    private static final int FINGERPRINT_BITS = 18;
    private static final int TIME_BITS = Long.SIZE - FINGERPRINT_BITS;
    private static final long TIME_MASK = (1L << TIME_BITS) - 1;

    /** Units per 1,000 seconds are at most this many: 100,000 a second. */
    private static final long MOST_UNITS = 1_000L * MAX_RATE;

    /**
     * What is further in the future than a bucket's whole debt and this (half a day at least) was not written there: it is from
     * before the units began anew. Debt itself may look larger than it can be to a thread that read the clock earlier than others.
     */
    private static final long LEEWAY = 1L << 32;

    private final AtomicLongArray words;
    private final int lineMask;
    private final LongSupplier nanoClock;
    private final long startedAt;
    private final int burst;

    /** 0 when nothing is limited. */
    private final long unitsPerThousandSeconds;

    private final long unitsPerToken;
    private final long unitsPerBurst;

    /**
     * What a request got.
     *
     * @param granted whether there was a token for it
     * @param remaining whole tokens that are left, 0 to the burst
     * @param secondsToNext until there is a token, rounded up: 0 when one is left, else at least 1
     * @param secondsToFull until the bucket is full, rounded up
     */
    public record Draw(boolean granted, int remaining, int secondsToNext, int secondsToFull) {}

    /**
     * Buckets, all of them full.
     *
     * @param tokensPerSecond what comes back to a bucket: at most {@link #MAX_RATE}, with at most {@link #RATE_SCALE} digits after
     *     the point; 0 limits nothing
     * @param burst what a bucket holds: at least 1, and no more than comes back in {@link #MAX_SECONDS_TO_FULL}
     * @param slots size of the table, a power of two, at least {@value #LINE}; each takes 8 bytes
     * @param nanoClock as {@link System#nanoTime()}
     * @throws IllegalArgumentException when one of them is out of its range
     */
    TokenBuckets(BigDecimal tokensPerSecond, int burst, int slots, LongSupplier nanoClock) {
        this(Pace.of(tokensPerSecond, burst), burst, slots, nanoClock);
    }

    private TokenBuckets(Pace pace, int burst, int slots, LongSupplier nanoClock) {
        if (burst < 1 || slots < LINE || Integer.bitCount(slots) != 1) {
            throw new IllegalArgumentException("a burst of %d in a table of %d".formatted(burst, slots));
        }
        this.burst = burst;
        this.unitsPerToken = pace.unitsPerToken();
        this.unitsPerBurst = burst * pace.unitsPerToken();
        this.unitsPerThousandSeconds = pace.unitsPerThousandSeconds();
        this.words = new AtomicLongArray(pace.unitsPerThousandSeconds() == 0 ? 0 : slots);
        this.lineMask = slots / LINE - 1;
        this.nanoClock = nanoClock;
        this.startedAt = nanoClock.getAsLong();
    }

    /**
     * Buckets to which a token comes back now and then, all of them full.
     *
     * @param perToken the time in which one comes back, a second at least and in whole milliseconds; zero limits nothing
     * @param burst what a bucket holds: at least 1, and no more than comes back in {@link #MAX_SECONDS_TO_FULL}
     * @param slots size of the table, a power of two, at least {@value #LINE}; each takes 8 bytes
     * @param nanoClock as {@link System#nanoTime()}
     * @throws IllegalArgumentException when one of them is out of its range
     */
    static TokenBuckets every(Duration perToken, int burst, int slots, LongSupplier nanoClock) {
        return new TokenBuckets(Pace.of(perToken, burst), burst, slots, nanoClock);
    }

    /** How time is counted. */
    private record Pace(long unitsPerThousandSeconds, long unitsPerToken) {
        private static final Pace UNLIMITED = new Pace(0, 1);

        static Pace of(BigDecimal tokensPerSecond, int burst) {
            if (tokensPerSecond.signum() < 0
                    || tokensPerSecond.compareTo(BigDecimal.valueOf(MAX_RATE)) > 0
                    || tokensPerSecond.stripTrailingZeros().scale() > RATE_SCALE) {
                throw new IllegalArgumentException("a rate of " + tokensPerSecond.toPlainString());
            }
            long tokensPerThousandSeconds = tokensPerSecond.movePointRight(3).longValueExact();
            if (tokensPerThousandSeconds == 0) {
                return UNLIMITED;
            }
            if (!fullInTime(tokensPerSecond, burst)) {
                throw new IllegalArgumentException(
                        "a burst of %d at a rate of %s".formatted(burst, tokensPerSecond.toPlainString()));
            }
            long perToken = 1;
            while (tokensPerThousandSeconds * perToken * 10 <= MOST_UNITS) {
                perToken *= 10;
            }
            return new Pace(tokensPerThousandSeconds * perToken, perToken);
        }

        /** In milliseconds. */
        static Pace of(Duration perToken, int burst) {
            if (perToken.isZero()) {
                return UNLIMITED;
            }
            if (!fullInTime(perToken, burst)) {
                throw new IllegalArgumentException("a burst of %d at one in %s".formatted(burst, perToken));
            }
            return new Pace(1_000_000, perToken.toMillis());
        }
    }

    /** Whether a token comes back in a second or more, and an empty bucket would be full within {@link #MAX_SECONDS_TO_FULL}. */
    public static boolean fullInTime(Duration perToken, int burst) {
        return perToken.getSeconds() >= 1
                && perToken.getSeconds() <= MAX_SECONDS_TO_FULL
                && perToken.toMillis() * burst <= MAX_SECONDS_TO_FULL * 1_000L;
    }

    /** Whether an empty bucket would be full within {@link #MAX_SECONDS_TO_FULL}. */
    public static boolean fullInTime(BigDecimal tokensPerSecond, int burst) {
        return tokensPerSecond.multiply(BigDecimal.valueOf(MAX_SECONDS_TO_FULL)).compareTo(BigDecimal.valueOf(burst))
                >= 0;
    }

    /** Seconds until an empty bucket is full, rounded up; 0 when nothing is limited. */
    int secondsFromEmptyToFull() {
        return unitsPerThousandSeconds == 0 ? 0 : seconds(unitsPerBurst);
    }

    /**
     * Takes a token from a key's bucket, if it has one.
     *
     * @param hash of the key, all of its bits alike, and nobody else's to choose
     */
    Draw take(long hash) {
        if (unitsPerThousandSeconds == 0) {
            return new Draw(true, burst, 0, 0);
        }
        long now = units(nanoClock.getAsLong() - startedAt);
        // Never 0, since a word of zeros is a slot that was never used.
        long fingerprint = Math.max(1, hash >>> TIME_BITS);
        int line = ((int) hash & lineMask) * LINE;
        while (true) {
            int slot = line;
            long seen = 0;
            long debt = 0;
            long least = Long.MAX_VALUE;
            for (int at = line; at < line + LINE; at++) {
                long word = words.get(at);
                long its = debt(word, now);
                if (word >>> TIME_BITS == fingerprint) {
                    slot = at;
                    seen = word;
                    debt = its;
                    break;
                }
                if (its < least) {
                    slot = at;
                    seen = word;
                    least = its;
                }
            }
            long after = debt + unitsPerToken;
            if (after > unitsPerBurst) {
                return draw(false, debt);
            }
            if (words.compareAndSet(slot, seen, fingerprint << TIME_BITS | now + after & TIME_MASK)) {
                return draw(true, after);
            }
        }
    }

    /**
     * Gives back a token that was taken, to a bucket that still lacks one.
     *
     * @param hash of the key, as when it was taken
     */
    void giveBack(long hash) {
        if (unitsPerThousandSeconds == 0) {
            return;
        }
        long now = units(nanoClock.getAsLong() - startedAt);
        long fingerprint = Math.max(1, hash >>> TIME_BITS);
        int line = ((int) hash & lineMask) * LINE;
        for (int at = line; at < line + LINE; at++) {
            long word = words.get(at);
            while (word >>> TIME_BITS == fingerprint) {
                long after = Math.max(0, debt(word, now) - unitsPerToken);
                if (words.compareAndSet(at, word, fingerprint << TIME_BITS | now + after & TIME_MASK)) {
                    return;
                }
                word = words.get(at);
            }
        }
    }

    /** How many units a bucket is from full, 0 when it is. */
    private long debt(long word, long now) {
        if (word == 0) {
            return 0;
        }
        // As a difference of 46-bit numbers, so that it is right when the units have begun anew in between.
        long debt = word - now << FINGERPRINT_BITS >> FINGERPRINT_BITS;
        return debt < 0 || debt > unitsPerBurst + LEEWAY ? 0 : debt;
    }

    private Draw draw(boolean granted, long debt) {
        int remaining = (int) (Math.max(0, unitsPerBurst - debt) / unitsPerToken);
        int toNext = remaining > 0 ? 0 : seconds(debt + unitsPerToken - unitsPerBurst);
        return new Draw(granted, remaining, toNext, seconds(debt));
    }

    /** Units in this time, rounded down; exact, and no product in it is above 2^63. */
    private long units(long elapsedNanos) {
        long elapsed = Math.max(0, elapsedNanos);
        long bySeconds = elapsed / 1_000_000_000 * unitsPerThousandSeconds;
        long byNanos = elapsed % 1_000_000_000 * unitsPerThousandSeconds;
        return bySeconds / 1_000 + (bySeconds % 1_000 * 1_000_000_000 + byNanos) / 1_000_000_000_000L;
    }

    private int seconds(long units) {
        return (int) ((units * 1_000 + unitsPerThousandSeconds - 1) / unitsPerThousandSeconds);
    }
}
