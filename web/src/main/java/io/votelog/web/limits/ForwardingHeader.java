// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.limits;

import org.jspecify.annotations.Nullable;

/** The header in which proxies say whom a request is from. Each reads its values from the right, where the last proxy wrote. */
public enum ForwardingHeader {
    /** A list of addresses; some proxies add ports. */
    X_FORWARDED_FOR("X-Forwarded-For") {
        @Override
        public int startOfLast(String list, int end) {
            return list.lastIndexOf(',', end - 1) + 1;
        }

        @Override
        @Nullable
        IpAddress address(String element) {
            return node(element.strip());
        }
    },

    /** RFC 7239: a list of elements such as {@code for="[2001:db8::17]:4711";proto=https}. */
    FORWARDED("Forwarded") {
        /** Commas in quoted strings divide nothing. Read from the right, what a client sent cannot open a string that a proxy closes. */
        @Override
        public int startOfLast(String list, int end) {
            boolean quoted = false;
            for (int at = end - 1; at >= 0; at--) {
                char c = list.charAt(at);
                if (c == '"' && !(quoted && escaped(list, at))) {
                    quoted = !quoted;
                } else if (c == ',' && !quoted) {
                    return at + 1;
                }
            }
            return 0;
        }

        @Override
        @Nullable
        IpAddress address(String element) {
            String found = null;
            int at = 0;
            while (at <= element.length()) {
                int end = endOfPair(element, at);
                String pair = element.substring(at, end).strip();
                if (pair.regionMatches(true, 0, "for=", 0, 4)) {
                    if (found != null) {
                        return null;
                    }
                    found = pair.substring(4);
                }
                at = end + 1;
            }
            return found == null ? null : node(unquoted(found));
        }
    };

    private final String headerName;

    ForwardingHeader(String headerName) {
        this.headerName = headerName;
    }

    /** The header's name, as its specification writes it. */
    public String headerName() {
        return headerName;
    }

    /** Where the last element of what stands before {@code end} begins. */
    abstract int startOfLast(String list, int end);

    /** The address that an element of the list names, or null when it names none. */
    abstract @Nullable IpAddress address(String element);

    /** An address with or without a port, IPv6 with or without brackets; with a port it needs them. */
    private static @Nullable IpAddress node(String text) {
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            boolean whole = close == text.length() - 1;
            return close > 0 && text.lastIndexOf(':', close) > 0 && (whole || port(text, close + 1))
                    ? IpAddress.parse(text.substring(1, close))
                    : null;
        }
        int colon = text.indexOf(':');
        if (colon > 0 && text.indexOf('.') > 0 && text.indexOf('.') < colon) {
            return port(text, colon) ? IpAddress.parse(text.substring(0, colon)) : null;
        }
        return IpAddress.parse(text);
    }

    private static boolean port(String text, int from) {
        int digits = text.length() - from - 1;
        if (digits < 1 || digits > 5 || text.charAt(from) != ':') {
            return false;
        }
        for (int at = from + 1; at < text.length(); at++) {
            if (text.charAt(at) < '0' || text.charAt(at) > '9') {
                return false;
            }
        }
        return true;
    }

    /** Where the pair that begins there ends: at a semicolon outside of quotes, or with the text. */
    private static int endOfPair(String element, int from) {
        boolean quoted = false;
        for (int at = from; at < element.length(); at++) {
            char c = element.charAt(at);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == '\\' && quoted) {
                at++;
            } else if (c == ';' && !quoted) {
                return at;
            }
        }
        return element.length();
    }

    private static boolean escaped(String text, int at) {
        int backslashes = 0;
        while (at - backslashes > 0 && text.charAt(at - backslashes - 1) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    /** What a quoted string says, or the text itself; an address needs no escapes, so a text with some is left as it is. */
    private static String unquoted(String text) {
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1) : text;
    }
}
