// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.problem;

/** Ends the handling of a request with a problem document. It is an answer, not an accident: it has no stack trace. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    ProblemException(Problem problem) {
        super(problem.code() + ": " + problem.detail(), null, false, false);
        this.problem = problem;
    }

    /** What the request is answered with. */
    public Problem problem() {
        return problem;
    }
}
