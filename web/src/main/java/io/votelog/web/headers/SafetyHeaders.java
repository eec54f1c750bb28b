// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.headers;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;

/** Headers that keep browsers and caches from doing with an answer what it is not for (OWASP's list for APIs). */
public final class SafetyHeaders {
    /** The Content-Security-Policy of what is no page. */
    public static final String CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'";

    private static final AsciiString NO_STORE = AsciiString.cached("no-store");
    private static final AsciiString CONTENT_TYPE_OPTIONS = AsciiString.cached("x-content-type-options");
    private static final AsciiString NOSNIFF = AsciiString.cached("nosniff");
    private static final AsciiString DENY = AsciiString.cached("DENY");
    private static final AsciiString REFERRER_POLICY = AsciiString.cached("referrer-policy");
    private static final AsciiString NO_REFERRER = AsciiString.cached("no-referrer");
    private static final AsciiString POLICY = AsciiString.cached(CONTENT_SECURITY_POLICY);
    private static final AsciiString ORIGIN = AsciiString.cached("Origin");

    private SafetyHeaders() {}

    /** Sets them on an answer that passes by all filters and that no cache may keep; like all others it may differ by the origin. */
    public static HttpHeaders set(HttpHeaders headers) {
        headers.set(HttpHeaderNames.CACHE_CONTROL, NO_STORE);
        headers.set(CONTENT_TYPE_OPTIONS, NOSNIFF);
        headers.set(HttpHeaderNames.X_FRAME_OPTIONS, DENY);
        headers.set(REFERRER_POLICY, NO_REFERRER);
        headers.set(HttpHeaderNames.CONTENT_SECURITY_POLICY, POLICY);
        headers.set(HttpHeaderNames.VARY, ORIGIN);
        return headers;
    }

    /** The same for an answer that the web framework gives before its filters. */
    public static void set(org.springframework.http.HttpHeaders headers) {
        DefaultHttpHeaders all = new DefaultHttpHeaders();
        set(all);
        all.forEach(header -> headers.set(header.getKey(), header.getValue()));
    }
}
