// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.problem;

import io.votelog.rules.Ballot;
import io.votelog.web.connections.RequestLimit;
import io.votelog.web.limits.RateLimit;
import io.votelog.web.limits.TokenBuckets;
import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemType;

/** What the read side refuses requests with. */
public final class Problems {
    private static final ProblemType UNKNOWN_RECEIPT =
            new ProblemType("unknown-receipt", 404, "No such vote is known here");
    private static final ProblemType NOT_SEALED = new ProblemType("not-sealed", 404, "The log is not sealed here");
    private static final ProblemType OFFSET_NEEDED =
            new ProblemType("offset-needed", 409, "The receipt alone does not tell the attempt");

    private Problems() {}

    /** 404: no ballot of this id is published, or not in every partition yet. An id that none can have is not repeated. */
    public static Problem unknownBallot(String ballotId) {
        String shown = Ballot.isId(ballotId) ? "ballot '%s'".formatted(ballotId) : "such ballot";
        return ProblemType.UNKNOWN_BALLOT.because(
                "There is no %s, or it is not published in full yet.".formatted(shown));
    }

    /** 404: the path is none of the read side's. */
    public static Problem notFound() {
        return ProblemType.NOT_FOUND.because("There is nothing at this address.");
    }

    /** 404: no vote of this receipt is known, and the detail says what was looked at. */
    public static Problem unknownReceipt(String detail) {
        return UNKNOWN_RECEIPT.because(detail);
    }

    /** 409: of a voter who was refused many times, the receipt alone does not say which attempt is meant. */
    public static Problem offsetNeeded() {
        return OFFSET_NEEDED.because(
                "This voter was refused more often than is remembered by vote id. The vote of this receipt is not the"
                        + " accepted one, as far as votes are counted, nor among the latest that were refused: give the"
                        + " offset at which it was recorded (?offset=), as the answer to the vote has it. If it was sent a"
                        + " moment ago, ask again, with Prefer: wait=10.");
    }

    /** 404: no sealer is known to this side. */
    public static Problem notSealed() {
        return NOT_SEALED.because("This system has no sealed log (votelog.sealed-log.urls), so there are no proofs.");
    }

    /** 503: none of the sealers answers. */
    public static Problem sealersAway() {
        return unavailable("sealers-away", "None of the sealers answers at the moment. Try again in a second.");
    }

    /** 400: a part of the request is not what it has to be; the code says which part. */
    public static Problem malformed(String code, String detail) {
        return new ProblemType(code, 400, ProblemType.MALFORMED_REQUEST.title()).because(detail);
    }

    /** 403: a browser sent this for a page that may not call here; whose pages may is the operator's to say. */
    public static Problem originNotAllowed() {
        return ProblemType.ORIGIN_NOT_ALLOWED.because(
                "The request comes from a page of another origin than this side's, and is not among what"
                        + " votelog.cors.allowed-origins lets such pages send.");
    }

    /** 406: the Accept header allows neither JSON nor CSV. */
    public static Problem notAcceptable() {
        return ProblemType.NOT_ACCEPTABLE.because("Results come as application/json or as text/csv.");
    }

    /** 503: the client is to come again in a second; the code says why. */
    public static Problem unavailable(String code, String detail) {
        return new ProblemType(code, 503, ProblemType.NOT_NOW).because(detail).retryAfter(1);
    }

    /** 503: a store is not open here now. */
    public static Problem notAvailable() {
        return unavailable(
                "not-available",
                "This instance is starting or has too much to do, or what was asked for moves to another one. Try"
                        + " again in a second.");
    }

    /** 503: as much is done for others as this instance does at once. */
    public static Problem overloaded(String detail) {
        return ProblemType.OVERLOADED.because(detail).retryAfter(1);
    }

    /** 503: nobody who holds a voter can answer for it now. */
    public static Problem moving() {
        return unavailable(
                "moving", "The instance that holds this voter does not answer, or the voter moves to another one.");
    }

    /** 429: an address has sent more than its share of requests. */
    public static Problem tooManyRequests(RequestLimit.Refusal refusal) {
        return tooManyRequests(refusal.allowance(), refusal.retryAfterSeconds()).headers(refusal.headers());
    }

    /** 429: an address has used up what this limit allows it. */
    public static Problem tooManyRequests(RateLimit limit, TokenBuckets.Draw draw) {
        return tooManyRequests(limit.allowance(), draw.secondsToNext()).headers(limit.headers(draw));
    }

    /**
     * 429: an address has, or has sent, more than its share.
     *
     * @param allowance what is allowed, as a clause; it names nobody
     * @param retryAfterSeconds when to try again, at least 1
     */
    public static Problem tooManyRequests(String allowance, int retryAfterSeconds) {
        return ProblemType.TOO_MANY_REQUESTS
                .because("%s. Try again in %d s.".formatted(allowance, retryAfterSeconds))
                .retryAfter(retryAfterSeconds);
    }
}
