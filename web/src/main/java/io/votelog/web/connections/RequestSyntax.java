// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.connections;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.votelog.web.limits.IpAddress;
import io.votelog.web.problem.Problem;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.HttpDecoderSpec;

/**
 * Which requests are none: those that the decoder could not read, and those that mean one thing to a proxy and another thing here,
 * since whoever sends them may smuggle a second request past that proxy.
 */
public final class RequestSyntax {
    /** The characters that a URI may have (RFC 3986). */
    private static final boolean[] FIT_FOR_TARGET = new boolean[0x7f];

    static {
        for (char c = '!'; c < FIT_FOR_TARGET.length; c++) {
            FIT_FOR_TARGET[c] = "\"<>\\^`{|}#".indexOf(c) < 0;
        }
    }

    private RequestSyntax() {}

    /** What is wrong with the head of a request; null when nothing is. */
    static @Nullable Problem fault(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            Throwable cause = request.decoderResult().cause();
            return cause instanceof TooLongHttpLineException
                    ? RequestProblems.lineTooLong(HttpDecoderSpec.DEFAULT_MAX_INITIAL_LINE_LENGTH)
                    : cause instanceof TooLongHttpHeaderException
                            ? RequestProblems.headersTooLarge(HttpDecoderSpec.DEFAULT_MAX_HEADER_SIZE)
                            : RequestProblems.malformed(
                                    "the request line or a header is not what RFC 9112 allows, or says twice how long the body is");
        }
        String doubt = doubt(request);
        return doubt == null ? null : RequestProblems.malformed(doubt);
    }

    /** What makes the request one that a proxy in front may have understood otherwise (RFC 9112, sections 3.2 and 6.1). */
    private static @Nullable String doubt(HttpRequest request) {
        HttpHeaders headers = request.headers();
        HttpVersion version = request.protocolVersion();
        boolean http11 = version.equals(HttpVersion.HTTP_1_1);
        if (!http11 && !version.equals(HttpVersion.HTTP_1_0)) {
            return "the version must be HTTP/1.1 or HTTP/1.0";
        }
        String host = headers.get(HttpHeaderNames.HOST);
        if (host == null ? http11 : headers.getAll(HttpHeaderNames.HOST).size() > 1) {
            return "there must be one Host header";
        }
        if (host != null && !isHost(host)) {
            return "the Host header must be a name or an address, and perhaps a port";
        }
        if (!isTarget(request.uri())) {
            return "the request's target must be a path or an http URI, with all else percent-encoded";
        }
        if (!isPlain(request.uri()) && !isUri(request.uri())) {
            return "the request's target must be a URI";
        }
        if (headers.getAll(HttpHeaderNames.AUTHORIZATION).size() > 1
                || headers.getAll(HttpHeaderNames.CONTENT_TYPE).size() > 1) {
            return "the headers Authorization and Content-Type must not stand twice";
        }
        String encoding = headers.get(HttpHeaderNames.TRANSFER_ENCODING);
        if (encoding != null) {
            List<String> encodings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
            if (!http11
                    || encodings.size() > 1
                    || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(encoding.strip())) {
                return "Transfer-Encoding must be chunked, once, in HTTP/1.1";
            }
            if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
                return "Transfer-Encoding and Content-Length must not stand together";
            }
        }
        return null;
    }

    /** Whether a target has none but letters, digits, and what stands between names, as nearly all have. */
    private static boolean isPlain(String target) {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || (c >= 'A' && c <= 'Z')
                    || c == '/'
                    || c == '-'
                    || c == '_'
                    || c == '.'
                    || (c == ':' && target.startsWith("/"));
            if (!plain) {
                return false;
            }
        }
        return true;
    }

    /** Whether Java's reader takes it for one, too: where it does not, the web framework answers without a body, past all filters. */
    private static boolean isUri(String target) {
        try {
            new URI(target.startsWith("/") ? "http://a" + target : target);
            return true;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Whether a target is in origin or absolute form, of the characters that a URI may have (RFC 9112, section 3.2; RFC 3986). */
    static boolean isTarget(String target) {
        int path = target.startsWith("/") ? 0 : pathOfAbsolute(target);
        if (path < 0) {
            return target.equals("*");
        }
        if (path > 0 && !isHost(target.substring(target.indexOf("//") + 2, path))) {
            return false;
        }
        boolean query = false;
        for (int i = path; i < target.length(); i++) {
            char c = target.charAt(i);
            query |= c == '?';
            // Browsers send brackets as they are, in queries alone.
            if (c >= FIT_FOR_TARGET.length || !FIT_FOR_TARGET[c] || (!query && (c == '[' || c == ']'))) {
                return false;
            }
            if (c == '%'
                    && (i + 2 >= target.length()
                            || Character.digit(target.charAt(i + 1), 16) < 0
                            || Character.digit(target.charAt(i + 2), 16) < 0)) {
                return false;
            }
        }
        return true;
    }

    /** Whether it is a host as one stands in a URI (RFC 3986, section 3.2.2), without the characters that no real one has. */
    static boolean isHost(String host) {
        int bracket = host.startsWith("[") ? host.indexOf(']') : -1;
        int colon = host.indexOf(':', bracket + 1);
        int end = colon < 0 ? host.length() : colon;
        if (end == 0 || end > 255 || (bracket >= 0 && (bracket != end - 1 || !isIpv6(host.substring(1, bracket))))) {
            return false;
        }
        for (int i = 0; i < end; i++) {
            char c = host.charAt(i);
            boolean fits = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '.'
                    || c == '-'
                    || c == '_'
                    || (bracket >= 0 && (c == ':' || i == 0 || i == bracket));
            if (!fits) {
                return false;
            }
        }
        if (colon < 0) {
            return true;
        }
        int port = 0;
        for (int i = colon + 1; i < host.length(); i++) {
            int digit = host.charAt(i) - '0';
            if (digit < 0 || digit > 9 || port > 6553) {
                return false;
            }
            port = 10 * port + digit;
        }
        return port > 0 && port <= 65535;
    }

    private static boolean isIpv6(String text) {
        return text.indexOf(':') >= 0 && IpAddress.parse(text) != null;
    }

    /** Where the path begins in {@code http://host/path}; -1 when the target is of another form. */
    public static int pathOfAbsolute(String target) {
        int authority = target.regionMatches(true, 0, "http://", 0, 7)
                ? 7
                : target.regionMatches(true, 0, "https://", 0, 8) ? 8 : target.length();
        int path = target.indexOf('/', authority);
        return path > authority ? path : -1;
    }
}
