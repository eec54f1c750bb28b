// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands.follow;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An address to listen at, as a command line has it: a port, or a host and a port. */
record ListenAddress(String host, int port) {
    private static final Pattern TEXT = Pattern.compile("(?:(.+):)?([0-9]{1,5})");
    private static final int LAST_PORT = 65_535;

    InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }

    /** Reads one. */
    static final class Converter implements ITypeConverter<ListenAddress> {
        @Override
        public ListenAddress convert(String text) {
            Matcher parts = TEXT.matcher(text);
            if (!parts.matches() || Integer.parseInt(parts.group(2)) > LAST_PORT) {
                throw new TypeConversionException("'%s' is no port, and no HOST:PORT".formatted(text));
            }
            String host = parts.group(1);
            return new ListenAddress(host == null ? "127.0.0.1" : host, Integer.parseInt(parts.group(2)));
        }
    }
}
