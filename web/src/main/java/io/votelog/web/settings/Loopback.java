package io.votelog.web.settings;

import java.net.URI;

/** Hosts that are this machine and no other: {@code localhost}, what is below it, {@code 127.0.0.0/8} and {@code [::1]}. */
public final class Loopback {
    private Loopback() {}

    /** Whether the host of an address is this machine; what has none is not. */
    public static boolean isAt(URI address) {
        String host = address.getHost();
        return host != null && isHost(host);
    }

    /**
     * The same for a host as a URI or a {@code Host} header has it, perhaps with a port. Names are compared and not looked up: who
     * looks them up decides what they mean.
     */
    public static boolean isHost(String authority) {
        String host;
        if (authority.startsWith("[")) {
            int end = authority.indexOf(']');
            host = end < 0 ? authority : authority.substring(1, end);
            return host.equals("::1") || host.equals("0:0:0:0:0:0:0:1");
        }
        int colon = authority.indexOf(':');
        host = colon < 0 ? authority : authority.substring(0, colon);
        return host.equalsIgnoreCase("localhost")
                || host.regionMatches(
                        true, host.length() - ".localhost".length(), ".localhost", 0, ".localhost".length())
                || isIpv4(host);
    }

    /** Four numbers of decimal digits, of which the first is 127; nothing of the shorter and stranger forms that some libraries read. */
    private static boolean isIpv4(String host) {
        String[] parts = host.split("\\.", -1);
        if (parts.length != 4 || !parts[0].equals("127")) {
            return false;
        }
        for (String part : parts) {
            if (!part.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(part) > 255) {
                return false;
            }
        }
        return true;
    }
}
