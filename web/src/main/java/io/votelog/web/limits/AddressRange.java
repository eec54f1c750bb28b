// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.limits;

/**
 * The IP addresses that begin alike. A range of IPv6 addresses holds no IPv4 address, whatever its form.
 *
 * @param first the first address
 * @param bits how many bits are the same, of the 128 of {@link IpAddress}
 */
public record AddressRange(IpAddress first, int bits) {
    private static final int V4_MAPPED_BITS = 96;

    /**
     * The range in this text: {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or one address.
     *
     * @throws IllegalArgumentException when it is none, or would hold every address; the message says why
     */
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        IpAddress first = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
        if (first == null || text.indexOf('%') >= 0) {
            throw new IllegalArgumentException("'%s' is no address and no range of addresses".formatted(text));
        }
        boolean dotted = text.indexOf(':') < 0;
        int most = dotted ? 32 : 128;
        int length = slash < 0 ? most : length(text.substring(slash + 1));
        if (length < 1 || length > most) {
            throw new IllegalArgumentException("'%s' needs a length of 1 to %d behind the slash".formatted(text, most));
        }
        int bits = dotted ? V4_MAPPED_BITS + length : length;
        if (!first.network(bits).equals(first)) {
            throw new IllegalArgumentException("'%s' has bits set behind its first %d".formatted(text, length));
        }
        return new AddressRange(first, bits);
    }

    boolean contains(IpAddress address) {
        return address.isV4() == first.isV4() && address.network(bits).equals(first);
    }

    private static int length(String text) {
        return text.matches("[1-9][0-9]{0,2}") ? Integer.parseInt(text) : -1;
    }
}
