// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.limits;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tells the address that a request counts under: that of the socket's peer or, where the peer is a trusted proxy, the one that the
 * proxy names.
 *
 * <p>The chain of proxies is walked from its end. Each trusted one is believed in who sent the request to it; the first address that
 * is not trusted is the client's, since what stands before it is of that client's making. What is no address (an unknown sender, an
 * empty element, none left) ends the walk at the proxy that wrote it.
 *
 * <p>One header is read, the one that the proxies are known to write. A proxy that writes one lets the other through as the client
 * sent it, so to look at both, or at whichever is there, would be to believe clients.
 */
public final class ClientAddress {
    private static final IpAddress NONE = new IpAddress(0, 0);

    private final List<AddressRange> trustedProxies;
    private final ForwardingHeader header;
    private final int ipv6Prefix;

    /**
     * @param trustedProxies whose headers are believed; with none of them no header is looked at
     * @param header the one that they write
     * @param ipv6Prefix how many bits of an IPv6 address are counted as one client, since one client has all that follow
     */
    public ClientAddress(List<AddressRange> trustedProxies, ForwardingHeader header, int ipv6Prefix) {
        this.trustedProxies = List.copyOf(trustedProxies);
        this.header = header;
        this.ipv6Prefix = ipv6Prefix;
    }

    /** The address that a connection counts under; null when it is a trusted proxy's, or comes from no address at all. */
    public @Nullable IpAddress ofPeer(@Nullable InetSocketAddress peer) {
        if (peer == null || peer.getAddress() == null) {
            return null;
        }
        IpAddress address = IpAddress.of(peer.getAddress());
        return trusted(address) ? null : client(address);
    }

    /**
     * The address that the request counts under: an IPv4 address whole, an IPv6 address without what follows its prefix.
     *
     * @param peer the other end of the connection; all those without an address (a Unix socket's) count as one
     * @param headerValues all values of a header, in order, by its name
     */
    public IpAddress of(@Nullable InetSocketAddress peer, Function<String, List<String>> headerValues) {
        if (peer == null || peer.getAddress() == null) {
            return NONE;
        }
        IpAddress address = IpAddress.of(peer.getAddress());
        if (trusted(address)) {
            address = forwarded(address, headerValues.apply(header.headerName()));
        }
        return client(address);
    }

    private IpAddress client(IpAddress address) {
        return address.isV4() ? address : address.network(ipv6Prefix);
    }

    private IpAddress forwarded(IpAddress peer, List<String> lists) {
        IpAddress believed = peer;
        for (int i = lists.size() - 1; i >= 0; i--) {
            String list = lists.get(i);
            int end = list.length();
            while (end >= 0) {
                int start = header.startOfLast(list, end);
                IpAddress named = header.address(list.substring(start, end));
                if (named == null) {
                    return believed;
                }
                believed = named;
                if (!trusted(believed)) {
                    return believed;
                }
                end = start - 1;
            }
        }
        return believed;
    }

    private boolean trusted(IpAddress address) {
        for (AddressRange range : trustedProxies) {
            if (range.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
