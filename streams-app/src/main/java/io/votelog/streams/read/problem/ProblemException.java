// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.problem;

import io.votelog.rules.Ballot;
import io.votelog.web.connections.RequestLimit;
import io.votelog.web.limits.RateLimit;
import io.votelog.web.limits.TokenBuckets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpStatus;

/** An answer that is a problem document (RFC 9457). */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final HttpStatus status;
    private final String code;
    private final String title;
    private final transient Map<String, String> headers = new LinkedHashMap<>();

    private ProblemException(HttpStatus status, String code, String title, String detail) {
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
        this.title = title;
    }

    public static ProblemException unknownBallot(String ballotId) {
        String shown = Ballot.isId(ballotId) ? "ballot '%s'".formatted(ballotId) : "such ballot";
        return new ProblemException(
                HttpStatus.NOT_FOUND,
                "unknown-ballot",
                "No such ballot",
                "There is no %s, or it is not published in full yet.".formatted(shown));
    }

    public static ProblemException notFound() {
        return new ProblemException(
                HttpStatus.NOT_FOUND, "not-found", "Not Found", "There is nothing at this address.");
    }

    public static ProblemException unknownReceipt(String title, String detail) {
        return new ProblemException(HttpStatus.NOT_FOUND, "unknown-receipt", title, detail);
    }

    /** 409: of a voter who was refused many times, the receipt alone does not say which attempt is meant. */
    public static ProblemException offsetNeeded() {
        return new ProblemException(
                HttpStatus.CONFLICT,
                "offset-needed",
                "The receipt alone does not tell the attempt",
                "This voter was refused more often than is remembered by vote id. The vote of this receipt is not the"
                        + " accepted one, as far as votes are counted, nor among the latest that were refused: give the"
                        + " offset at which it was recorded (?offset=), as the answer to the vote has it. If it was sent a"
                        + " moment ago, ask again, with Prefer: wait=10.");
    }

    public static ProblemException malformed(String code, String detail) {
        return new ProblemException(HttpStatus.BAD_REQUEST, code, "Malformed request", detail);
    }

    /** 403: a browser sent this for a page that may not call here; whose pages may is the operator's to say. */
    public static ProblemException originNotAllowed() {
        return new ProblemException(
                HttpStatus.FORBIDDEN,
                "origin-not-allowed",
                "Pages of this origin may not call",
                "The request comes from a page of another origin than this side's, and is not among what"
                        + " votelog.cors.allowed-origins lets such pages send.");
    }

    public static ProblemException notAcceptable() {
        return new ProblemException(
                HttpStatus.NOT_ACCEPTABLE,
                "not-acceptable",
                "No such representation",
                "Results come as application/json or as text/csv.");
    }

    /** 503: the client is to come again in a second. */
    public static ProblemException unavailable(String code, String detail) {
        ProblemException problem =
                new ProblemException(HttpStatus.SERVICE_UNAVAILABLE, code, "Not available now", detail);
        problem.headers.put("Retry-After", "1");
        return problem;
    }

    /** 503: nobody who holds a voter can answer for it now. */
    public static ProblemException moving() {
        return unavailable(
                "moving", "The instance that holds this voter does not answer, or the voter moves to another one.");
    }

    /** 429: an address has sent more than its share of requests. */
    public static ProblemException tooManyRequests(RequestLimit.Refusal refusal) {
        ProblemException problem = tooManyRequests(refusal.allowance(), refusal.retryAfterSeconds());
        problem.headers.putAll(refusal.headers());
        return problem;
    }

    /** 429: an address has used up what it may. */
    public static ProblemException tooManyRequests(RateLimit limit, TokenBuckets.Draw draw) {
        ProblemException problem = tooManyRequests(limit.allowance(), draw.secondsToNext());
        problem.headers.put(RateLimit.POLICY_HEADER, limit.policy());
        problem.headers.put(RateLimit.LEVEL_HEADER, limit.level(draw));
        return problem;
    }

    /**
     * 429: an address has, or has sent, more than its share.
     *
     * @param allowance what is allowed, as a clause; it names nobody
     * @param retryAfterSeconds when to try again, at least 1
     */
    public static ProblemException tooManyRequests(String allowance, int retryAfterSeconds) {
        ProblemException problem = new ProblemException(
                HttpStatus.TOO_MANY_REQUESTS,
                "too-many-requests",
                "Too many requests from one sender",
                "%s. Try again in %d s.".formatted(allowance, retryAfterSeconds));
        problem.headers.put("Retry-After", Integer.toString(retryAfterSeconds));
        return problem;
    }

    public HttpStatus status() {
        return status;
    }

    public String code() {
        return code;
    }

    String title() {
        return title;
    }

    Map<String, String> headers() {
        return headers;
    }
}
