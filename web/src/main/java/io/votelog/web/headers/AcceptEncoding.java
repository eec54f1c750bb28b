// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.headers;

import java.util.List;
import org.springframework.http.HttpHeaders;

/** In which content codings a client takes an answer (RFC 9110, section 12.5.3). */
public final class AcceptEncoding {
    private AcceptEncoding() {}

    /** Whether gzip is named, with a weight above 0. Who names none, or anything ({@code *}), gets the content as it is. */
    public static boolean gzip(HttpHeaders request) {
        List<String> lines = request.getOrEmpty(HttpHeaders.ACCEPT_ENCODING);
        return !lines.isEmpty() && Weighted.wanted(lines).contains("gzip");
    }
}
