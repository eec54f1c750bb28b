// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.limits;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An IP address, never shown. An IPv4 address stands in its IPv4-mapped form (RFC 4291, section 2.5.5.2), so that the two ways to
 * write it are one address.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
public record IpAddress(long high, long low) {
    /** Longest text of one: an IPv6 address with a dotted end, and a zone. */
    private static final int MAX_TEXT = 64;

    private static final long V4_MAPPED = 0xFFFFL << 32;

    static IpAddress of(InetAddress address) {
        byte[] bytes = address.getAddress();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return bytes.length == 4
                ? v4(Integer.toUnsignedLong(buffer.getInt()))
                : new IpAddress(buffer.getLong(), buffer.getLong());
    }

    /**
     * The address in this text, or null when it is none: dotted decimal without leading zeros, or any form of RFC 4291, section 2.2,
     * with or without a zone, which is dropped. Names are never looked up.
     */
    public static @Nullable IpAddress parse(String text) {
        if (text.length() > MAX_TEXT) {
            return null;
        }
        if (text.indexOf(':') >= 0) {
            return parseV6(text);
        }
        long dotted = dotted(text, 0, text.length());
        return dotted < 0 ? null : v4(dotted);
    }

    boolean isV4() {
        return high == 0 && low >>> 32 == 0xFFFF;
    }

    /** The address with all bits zero but the first so many, 0 to 128. */
    IpAddress network(int bits) {
        return new IpAddress(high & firstBits(bits), low & firstBits(bits - 64));
    }

    private static long firstBits(int bits) {
        return bits <= 0 ? 0 : bits >= 64 ? -1 : -1L << 64 - bits;
    }

    private static IpAddress v4(long bits) {
        return new IpAddress(0, V4_MAPPED | bits);
    }

    /** As one writes it in a header for another program: dotted, or eight groups in hexadecimal. */
    public String text() {
        if (isV4()) {
            return "%d.%d.%d.%d".formatted(low >>> 24 & 255, low >>> 16 & 255, low >>> 8 & 255, low & 255);
        }
        StringBuilder text = new StringBuilder();
        for (int shift = 48; shift >= 0; shift -= 16) {
            text.append(Long.toHexString(high >>> shift & 0xffff)).append(':');
        }
        for (int shift = 48; shift >= 0; shift -= 16) {
            text.append(Long.toHexString(low >>> shift & 0xffff)).append(shift == 0 ? "" : ":");
        }
        return text.toString();
    }

    private static @Nullable IpAddress parseV6(String text) {
        int zone = text.indexOf('%');
        if (zone == text.length() - 1) {
            return null;
        }
        int end = zone < 0 ? text.length() : zone;
        int[] groups = new int[8];
        int count = 0;
        int gap = -1;
        int at = 0;
        if (text.startsWith("::")) {
            gap = 0;
            at = 2;
        }
        while (at < end) {
            int stop = at;
            boolean dots = false;
            while (stop < end && text.charAt(stop) != ':') {
                dots |= text.charAt(stop) == '.';
                stop++;
            }
            if (count == 8 || dots && (stop < end || count > 6)) {
                return null;
            }
            if (dots) {
                long dotted = dotted(text, at, end);
                if (dotted < 0) {
                    return null;
                }
                groups[count++] = (int) (dotted >>> 16);
                groups[count++] = (int) (dotted & 0xFFFF);
                break;
            }
            int group = hexadecimal(text, at, stop);
            if (group < 0) {
                return null;
            }
            groups[count++] = group;
            at = stop;
            if (at < end) {
                at++;
                if (at == end) {
                    return null;
                }
                if (text.charAt(at) == ':') {
                    if (gap >= 0) {
                        return null;
                    }
                    gap = count;
                    at++;
                }
            }
        }
        if (gap < 0 ? count < 8 : count > 7) {
            return null;
        }
        long high = 0;
        long low = 0;
        for (int i = 0; i < count; i++) {
            int place = gap >= 0 && i >= gap ? 8 - count + i : i;
            long shifted = (long) groups[i] << (3 - (place & 3) << 4);
            if (place < 4) {
                high |= shifted;
            } else {
                low |= shifted;
            }
        }
        return new IpAddress(high, low);
    }

    /** One to four hexadecimal digits, or -1. */
    private static int hexadecimal(String text, int from, int end) {
        if (from == end || end - from > 4) {
            return -1;
        }
        int value = 0;
        for (int at = from; at < end; at++) {
            char c = text.charAt(at);
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /** Four numbers of 0 to 255 with dots between, as 32 bits, or -1. A leading zero might mean octal, so it is refused. */
    private static long dotted(String text, int from, int end) {
        long value = 0;
        int at = from;
        for (int part = 0; part < 4; part++) {
            if (part > 0 && (at == end || text.charAt(at++) != '.')) {
                return -1;
            }
            int start = at;
            int number = 0;
            while (at < end && at - start < 3 && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                number = number * 10 + text.charAt(at++) - '0';
            }
            if (at == start || number > 255 || at - start > 1 && text.charAt(start) == '0') {
                return -1;
            }
            value = value << 8 | number;
        }
        return at == end ? value : -1;
    }

    /** Without the address. */
    @Override
    public String toString() {
        return "IpAddress[not shown]";
    }
}
