// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import io.votelog.streams.read.problem.Problems;
import io.votelog.web.headers.MediaRanges;
import io.votelog.web.problem.ProblemException;
import org.springframework.http.HttpHeaders;

/** The {@code Accept} header of a request for results (RFC 9110, section 12.5.1). */
final class AcceptHeader {
    private AcceptHeader() {}

    /**
     * The form that the client likes best; of those that are equally welcome the first.
     *
     * @throws ProblemException 406 when the client accepts none of them, 400 when the header names no media type
     */
    static ResultsForm preferred(HttpHeaders request) {
        MediaRanges accept = MediaRanges.of(request);
        if (!accept.given()) {
            return ResultsForm.JSON;
        }
        if (accept.malformed()) {
            throw Problems.malformed("malformed-accept", "The Accept header is no list of media types.")
                    .exception();
        }
        ResultsForm best = null;
        double most = 0;
        for (ResultsForm form : ResultsForm.values()) {
            double quality = accept.quality(form.type());
            if (quality > most) {
                best = form;
                most = quality;
            }
        }
        if (best == null) {
            throw Problems.notAcceptable().exception();
        }
        return best;
    }
}
