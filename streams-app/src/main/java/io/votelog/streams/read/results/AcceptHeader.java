// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import io.votelog.streams.read.problem.Problems;
import io.votelog.web.headers.MediaRanges;
import io.votelog.web.problem.ProblemException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/** The {@code Accept} header of a request for results (RFC 9110, section 12.5.1). */
final class AcceptHeader {
    private static final MediaType CSV = new MediaType("text", "csv");

    private AcceptHeader() {}

    /**
     * Whether the client prefers CSV to JSON; JSON wins when both are equally welcome.
     *
     * @throws ProblemException 406 when the client accepts neither, 400 when the header names no media type
     */
    static boolean prefersCsv(HttpHeaders request) {
        MediaRanges accept = MediaRanges.of(request);
        if (!accept.given()) {
            return false;
        }
        if (accept.malformed()) {
            throw Problems.malformed("malformed-accept", "The Accept header is no list of media types.")
                    .exception();
        }
        double json = accept.quality(MediaType.APPLICATION_JSON);
        double csv = accept.quality(CSV);
        if (json <= 0 && csv <= 0) {
            throw Problems.notAcceptable().exception();
        }
        return csv > json;
    }
}
