// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.connections;

import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemType;

/** Why what came in is no request. */
final class RequestProblems {
    private RequestProblems() {}

    static Problem malformed(String detail) {
        return ProblemType.MALFORMED_REQUEST.because(detail);
    }

    static Problem lineTooLong(int limitBytes) {
        return ProblemType.URI_TOO_LONG.because(
                "the request line has more than the %d bytes that are allowed".formatted(limitBytes));
    }

    static Problem headersTooLarge(int limitBytes) {
        return ProblemType.HEADERS_TOO_LARGE.because(
                "the headers have more than the %d bytes that are allowed for all of them".formatted(limitBytes));
    }

    static Problem timedOut() {
        return ProblemType.REQUEST_TIMEOUT.because("the request stopped coming in");
    }

    static Problem tooManyAhead(int limit) {
        return ProblemType.TOO_MANY_REQUESTS
                .because(
                        "at most %d requests of a connection may wait for the answers to earlier ones; nothing was done for this one or those behind it"
                                .formatted(limit))
                .retryAfter(1);
    }
}
