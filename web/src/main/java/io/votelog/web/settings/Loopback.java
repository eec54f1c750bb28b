// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.settings;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hosts that are this machine and no other: {@code localhost}, what is below it, {@code 127.0.0.0/8} and {@code [::1]}. */
public final class Loopback {
    /** What an address begins with, whatever the case of its letters; {@code https:/x} is meant as one too. */
    private static final Pattern BEGINNING = Pattern.compile("(?:[A-Za-z][A-Za-z0-9+.-]*:)?//|(?i:https?):");

    /** What may follow a host. */
    private static final Pattern PORT = Pattern.compile("(?::[0-9]*)?");

    private Loopback() {}

    /** Whether the host of an address is this machine; what has none is not. */
    public static boolean isAt(URI address) {
        String host = address.getHost();
        return host != null && isHost(host);
    }

    /**
     * The host, perhaps with a port, that a name stands for which may be an address or a mere name, as that of an issuer; nothing when
     * it is a mere name. An address is what begins like one ({@code https://login.example/realm}) and what has a dot
     * ({@code accounts.example.org}), since such a name is one that others know.
     */
    public static Optional<String> hostNamedBy(String name) {
        Matcher beginning = BEGINNING.matcher(name);
        boolean address = beginning.lookingAt();
        if (!address && !name.startsWith("[") && !name.contains(".")) {
            return Optional.empty();
        }
        String authority = name.substring(address ? beginning.end() : 0).split("[/?#\\\\]", 2)[0];
        return Optional.of(authority.substring(authority.lastIndexOf('@') + 1));
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
            return (host.equals("::1") || host.equals("0:0:0:0:0:0:0:1")) && isPort(authority, end + 1);
        }
        int colon = authority.indexOf(':');
        host = colon < 0 ? authority : authority.substring(0, colon);
        return isPort(authority, host.length()) && isName(host);
    }

    private static boolean isPort(String authority, int from) {
        return PORT.matcher(authority.substring(from)).matches();
    }

    private static boolean isName(String host) {
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
