// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.problem;

import io.votelog.rules.Ballot;
import io.votelog.rules.Fault;
import io.votelog.rules.Violation;
import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemType;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What this gateway refuses requests with. */
public final class Problems {
    private static final ProblemType UNAUTHORIZED =
            new ProblemType("unauthorized", 401, "A valid bearer token is needed");
    private static final ProblemType FORBIDDEN = new ProblemType("forbidden", 403, "The request is not allowed");
    private static final ProblemType NOT_OPEN = new ProblemType("not-open", 403, "The ballot is not open yet");
    private static final ProblemType CLOSED = new ProblemType("closed", 403, "The ballot is closed");
    private static final ProblemType OPENINGS_OFF = new ProblemType("openings-off", 403, "Choices are not shown");
    private static final ProblemType CONFLICT = new ProblemType("conflict", 409, "Another definition stands");
    private static final ProblemType MISDIRECTED_REQUEST =
            new ProblemType("misdirected-request", 421, "The request is for another host");
    private static final ProblemType RULE_VIOLATIONS =
            new ProblemType("rule-violations", 422, "The vote breaks the rules of the ballot");
    private static final ProblemType FAULTY_BALLOT = new ProblemType("faulty-ballot", 422, "The ballot has faults");
    private static final ProblemType FAULTY_ANNULMENT =
            new ProblemType("faulty-annulment", 422, "The annulment has faults");
    private static final ProblemType OUTCOME_UNKNOWN =
            new ProblemType("outcome-unknown", 503, "Not known whether the vote is recorded");
    private static final ProblemType UNAVAILABLE = new ProblemType("unavailable", 503, ProblemType.NOT_NOW);

    private Problems() {}

    /** The codes of what may fail with any vote and is ours to mend. */
    public static List<String> failuresOfVotes() {
        return Stream.of(OUTCOME_UNKNOWN, UNAVAILABLE, ProblemType.OVERLOADED, ProblemType.INTERNAL_ERROR)
                .map(ProblemType::code)
                .toList();
    }

    /** The request cannot be read; the detail says where, and what would be right. */
    public static Problem malformed(String detail) {
        return ProblemType.MALFORMED_REQUEST.because(detail);
    }

    /** A token is missing, or is none that this gateway trusts (RFC 6750, section 3). */
    public static Problem unauthorized(boolean tokenGiven, String detail) {
        String challenge = tokenGiven
                ? "Bearer realm=\"votelog\", error=\"invalid_token\", error_description=\"%s\""
                        .formatted(quotable(detail))
                : "Bearer realm=\"votelog\"";
        return UNAUTHORIZED.because(detail).header("WWW-Authenticate", challenge);
    }

    /** The token is trusted and does not allow this (RFC 6750, section 3.1). */
    public static Problem missingScope(String scope) {
        return FORBIDDEN
                .because("the token lacks the scope " + scope)
                .with("scope", scope)
                .header(
                        "WWW-Authenticate",
                        "Bearer realm=\"votelog\", error=\"insufficient_scope\", scope=\"%s\"".formatted(scope));
    }

    /** Nobody is shown what the log has as a voter's choices. */
    public static Problem openingsOff() {
        return OPENINGS_OFF.because(
                "this system shows nobody what the log has as a vote's choices (votelog.openings.enabled)");
    }

    /** A browser sent this for a page that may not call here; whose pages may is the operator's to say. */
    public static Problem originNotAllowed() {
        return ProblemType.ORIGIN_NOT_ALLOWED.because(
                "the request comes from a page of another origin than this side's, and is not among what"
                        + " votelog.cors.allowed-origins lets such pages send; nothing was done");
    }

    /** The ballot takes no votes yet; {@code opensAt} says from when. */
    public static Problem notOpen(String ballotId, Instant opensAt) {
        return NOT_OPEN.because("ballot %s opens at %s".formatted(ballotId, opensAt))
                .with("opensAt", opensAt.toString());
    }

    /**
     * The ballot takes no votes any more.
     *
     * @param why the rest of the sentence that begins with the ballot: when it closed, or that somebody closed it
     */
    public static Problem closed(String ballotId, String why) {
        return CLOSED.because("ballot %s %s".formatted(ballotId, why));
    }

    /** Whether the problem is that the vote comes too late. */
    public static boolean isClosed(Problem problem) {
        return problem.type().equals(CLOSED);
    }

    /** This gateway knows no ballot with this id. An id that none can have is not repeated. */
    public static Problem unknownBallot(String ballotId) {
        return ProblemType.UNKNOWN_BALLOT.because(
                "no ballot has " + (Ballot.isId(ballotId) ? "the id " + ballotId : "such an id"));
    }

    /** The rest of the request did not come in time; the connection is closed. */
    public static Problem requestTimeout() {
        return ProblemType.REQUEST_TIMEOUT
                .because("the request stopped coming in")
                .header("Connection", "close");
    }

    /** The body is longer than the route takes. */
    public static Problem tooLarge(int limitBytes) {
        return ProblemType.TOO_LARGE.because(
                "the body has more than the %d bytes that are allowed".formatted(limitBytes));
    }

    /**
     * The body is of another type than the route takes.
     *
     * @param given the header as it was sent; empty where there was none
     * @param needed the type that the route takes
     */
    public static Problem unsupportedMediaType(String given, String needed) {
        return ProblemType.UNSUPPORTED_MEDIA_TYPE.because(
                "the body must be %s, %s".formatted(needed, given.isEmpty() ? "and no type is given" : "not " + given));
    }

    /** The request was sent to a name that is not this machine's own, where that matters. */
    public static Problem foreignHost() {
        return MISDIRECTED_REQUEST.because(
                "this gateway gives anyone a token (votelog.dev.tokens), so it answers to localhost, 127.0.0.1 and [::1] alone");
    }

    /** A token for anyone is given to this machine's own programs alone. */
    public static Problem throughProxy(String header) {
        return FORBIDDEN.because(
                "tokens for development are given on this machine alone, and the header %s says that a proxy has passed the request on"
                        .formatted(header));
    }

    /** The same, where nothing names a proxy. */
    public static Problem fromElsewhere(String why) {
        return FORBIDDEN.because("tokens for development are given to programs of this machine alone, and " + why);
    }

    /** The body is compressed, which no route takes. */
    public static Problem codedBody() {
        return ProblemType.UNSUPPORTED_MEDIA_TYPE.because("the body must be sent as it is, without Content-Encoding");
    }

    /** The vote breaks rules of its ballot; {@code violations} names every one, with the code of its reason. */
    public static Problem ruleViolations(List<Violation> violations) {
        return RULE_VIOLATIONS
                .because(String.join(
                        "; ", violations.stream().map(Violation::detail).toList()))
                .with(
                        "violations",
                        violations.stream()
                                .map(broken -> ordered("code", broken.code().name(), "detail", broken.detail()))
                                .toList());
    }

    /** What was sent is no ballot that may be published; {@code faults} names every fault at its place. */
    public static Problem faultyBallot(List<Fault> faults) {
        return faulty(FAULTY_BALLOT, faults);
    }

    /** What was sent is no annulment; {@code faults} names every fault at its place. */
    public static Problem faultyAnnulment(List<Fault> faults) {
        return faulty(FAULTY_ANNULMENT, faults);
    }

    private static Problem faulty(ProblemType type, List<Fault> faults) {
        return type.because(faults.size() == 1 ? faults.get(0).toString() : faults.size() + " faults, see faults")
                .with(
                        "faults",
                        faults.stream()
                                .map(fault -> ordered("place", fault.place(), "problem", fault.problem()))
                                .toList());
    }

    /**
     * The id is taken by another definition.
     *
     * @param standing the digest of the definition that is published, in hexadecimal digits
     * @param sent the digest of what was sent
     */
    public static Problem otherDefinition(String ballotId, String standing, String sent) {
        return CONFLICT.because("ballot %s was published with other content; a published ballot does not change"
                        .formatted(ballotId))
                .with("digest", standing)
                .with("sentDigest", sent);
    }

    /**
     * A client or a user sends more than their share.
     *
     * @param limit the name of the limit, as the RateLimit headers call it
     * @param allowance what is allowed, as a clause; it names nobody
     * @param retryAfterSeconds when there is room for one more request, at least 1
     */
    public static Problem tooManyRequests(String limit, String allowance, int retryAfterSeconds) {
        return ProblemType.TOO_MANY_REQUESTS
                .because("%s; nothing was recorded. Send the next in %d s".formatted(allowance, retryAfterSeconds))
                .with("limit", limit)
                .retryAfter(retryAfterSeconds);
    }

    /** The log did not answer in time: the vote may be in it or not, and sending it again is safe. */
    public static Problem outcomeUnknown() {
        return OUTCOME_UNKNOWN
                .because(
                        "the log did not confirm the vote in time; it may be recorded or not. Send the same vote again:"
                                + " it counts once")
                .retryAfter(1);
    }

    /** More votes are on their way to the log than there is room for; this one was not sent. */
    public static Problem overloaded() {
        return ProblemType.OVERLOADED
                .because("this gateway has as much work under way as it takes; nothing was recorded")
                .retryAfter(1);
    }

    /** This gateway is being shut down; nothing was recorded, and another one takes the vote. */
    public static Problem stopping() {
        return unavailable("this gateway is stopping; nothing was recorded")
                .retryAfter(1)
                .header("Connection", "close");
    }

    /**
     * The gateway cannot serve this now; a client may come again in two seconds.
     *
     * @param detail what is the matter, and what is known of the request's effect
     */
    public static Problem unavailable(String detail) {
        return UNAVAILABLE.because(detail).retryAfter(2);
    }

    /** This gateway cannot serve that ballot; one that is set up for it can. */
    public static Problem unserved(String code, String detail) {
        return new ProblemType(code, 503, "This gateway cannot serve the ballot")
                .because(detail)
                .retryAfter(30);
    }

    /** A failure that nobody foresaw; it is for the log to say more. */
    public static Problem unforeseen() {
        return ProblemType.INTERNAL_ERROR.because("the request failed; the gateway's log says why");
    }

    private static Map<String, Object> ordered(String key, Object value, String otherKey, Object otherValue) {
        Map<String, Object> ordered = new LinkedHashMap<>();
        ordered.put(key, value);
        ordered.put(otherKey, otherValue);
        return ordered;
    }

    /** What a quoted string in a header may hold (RFC 6750: no quote, no backslash, printable ASCII). */
    private static String quotable(String text) {
        return text.replaceAll("[^ !#-\\[\\]-~]", "'");
    }
}
