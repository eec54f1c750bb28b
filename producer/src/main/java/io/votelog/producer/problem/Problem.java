// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.problem;

import io.votelog.rules.Ballot;
import io.votelog.rules.Fault;
import io.votelog.rules.Violation;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/**
 * Why a request is refused, as an RFC 9457 problem document.
 *
 * @param code kebab-case; the document's type is {@code urn:votelog:problem:} and the code
 * @param status the HTTP status, 400 to 503
 * @param title the same for every problem of that code
 * @param detail what is wrong in this request and what would be right
 * @param more members beyond those of the RFC
 * @param headers HTTP headers that belong to the answer
 */
public record Problem(
        String code, int status, String title, String detail, Map<String, Object> more, Map<String, String> headers) {
    public static final String MEDIA_TYPE = "application/problem+json";
    public static final String CLOSED = "closed";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static Problem of(String code, int status, String title, String detail) {
        return new Problem(code, status, title, detail, Map.of(), Map.of());
    }

    public static Problem malformed(String detail) {
        return of("malformed-request", 400, "The request is malformed", detail);
    }

    /** A token is missing, or is none that this gateway trusts (RFC 6750, section 3). */
    public static Problem unauthorized(boolean tokenGiven, String detail) {
        String challenge = tokenGiven
                ? "Bearer realm=\"votelog\", error=\"invalid_token\", error_description=\"%s\""
                        .formatted(quotable(detail))
                : "Bearer realm=\"votelog\"";
        return of("unauthorized", 401, "A valid bearer token is needed", detail).header("WWW-Authenticate", challenge);
    }

    public static Problem missingScope(String scope) {
        return of("forbidden", 403, "The token does not allow this", "the token lacks the scope " + scope)
                .with("scope", scope)
                .header(
                        "WWW-Authenticate",
                        "Bearer realm=\"votelog\", error=\"insufficient_scope\", scope=\"%s\"".formatted(scope));
    }

    /** A browser sent this for a page that may not call here; whose pages may is the operator's to say. */
    public static Problem originNotAllowed() {
        return of(
                "origin-not-allowed",
                403,
                "Pages of this origin may not call",
                "the request comes from a page of another origin than this side's, and is not among what"
                        + " votelog.cors.allowed-origins lets such pages send; nothing was done");
    }

    public static Problem notOpen(String ballotId, Instant opensAt) {
        return of("not-open", 403, "The ballot is not open yet", "ballot %s opens at %s".formatted(ballotId, opensAt))
                .with("opensAt", opensAt.toString());
    }

    public static Problem closed(String ballotId, String why) {
        return of(CLOSED, 403, "The ballot is closed", "ballot %s %s".formatted(ballotId, why));
    }

    /** The same with the receipt of the vote that was sent, of which an earlier attempt may have counted. */
    public Problem withReceipt(UUID voteId, String receipt) {
        return with("voteId", voteId.toString()).with("receipt", receipt);
    }

    public static Problem unknownBallot(String ballotId) {
        return of(
                "unknown-ballot",
                404,
                "There is no such ballot",
                "no ballot has " + (Ballot.isId(ballotId) ? "the id " + ballotId : "such an id"));
    }

    public static Problem requestTimeout() {
        return of("request-timeout", 408, "The request took too long", "the request stopped coming in")
                .header("Connection", "close");
    }

    public static Problem tooLarge(int limitBytes) {
        return of(
                "too-large",
                413,
                "The body is too large",
                "the body has more than the %d bytes that are allowed".formatted(limitBytes));
    }

    public static Problem unsupportedMediaType(String given, String needed) {
        return of(
                "unsupported-media-type",
                415,
                "The body's type is not supported",
                "the body must be %s, %s".formatted(needed, given.isEmpty() ? "and no type is given" : "not " + given));
    }

    /** The request was sent to a name that is not this machine's own, where that matters. */
    public static Problem foreignHost() {
        return of(
                "misdirected-request",
                421,
                "The request is for another host",
                "this gateway gives anyone a token (votelog.dev.tokens), so it answers to localhost, 127.0.0.1 and [::1] alone");
    }

    /** A token for anyone is given to this machine's own programs alone. */
    public static Problem throughProxy(String header) {
        return of(
                "forbidden",
                403,
                "The request came through a proxy",
                "tokens for development are given on this machine alone, and the header %s says that a proxy has passed the request on"
                        .formatted(header));
    }

    /** The same, where nothing names a proxy. */
    public static Problem fromElsewhere(String why) {
        return of(
                "forbidden",
                403,
                "The request did not come from this machine",
                "tokens for development are given to programs of this machine alone, and " + why);
    }

    public static Problem codedBody() {
        return of(
                "unsupported-media-type",
                415,
                "The body's type is not supported",
                "the body must be sent as it is, without Content-Encoding");
    }

    public static Problem ruleViolations(List<Violation> violations) {
        return of(
                        "rule-violations",
                        422,
                        "The vote breaks the rules of the ballot",
                        String.join(
                                "; ", violations.stream().map(Violation::detail).toList()))
                .with(
                        "violations",
                        violations.stream()
                                .map(broken -> ordered("code", broken.code().name(), "detail", broken.detail()))
                                .toList());
    }

    public static Problem faultyBallot(List<Fault> faults) {
        return faulty("faulty-ballot", "The ballot has faults", faults);
    }

    public static Problem faultyAnnulment(List<Fault> faults) {
        return faulty("faulty-annulment", "The annulment has faults", faults);
    }

    private static Problem faulty(String code, String title, List<Fault> faults) {
        return of(
                        code,
                        422,
                        title,
                        faults.size() == 1 ? faults.get(0).toString() : faults.size() + " faults, see faults")
                .with(
                        "faults",
                        faults.stream()
                                .map(fault -> ordered("place", fault.place(), "problem", fault.problem()))
                                .toList());
    }

    public static Problem otherDefinition(String ballotId, String standing, String sent) {
        return of(
                        "conflict",
                        409,
                        "Another definition stands",
                        "ballot %s was published with other content; a published ballot does not change"
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
        return of(
                        "too-many-requests",
                        429,
                        "Too many requests from one sender",
                        "%s; nothing was recorded. Send the next in %d s".formatted(allowance, retryAfterSeconds))
                .with("limit", limit)
                .retryAfter(retryAfterSeconds);
    }

    /** The log did not answer in time: the vote may be in it or not, and sending it again is safe. */
    public static Problem outcomeUnknown(UUID voteId, String receipt) {
        return of(
                        "outcome-unknown",
                        503,
                        "Not known whether the vote is recorded",
                        "the log did not confirm the vote in time; it may be recorded or not. Send the same vote again:"
                                + " it counts once")
                .withReceipt(voteId, receipt)
                .retryAfter(1);
    }

    /** More votes are on their way to the log than there is room for; this one was not sent. */
    public static Problem overloaded() {
        return of(
                        "overloaded",
                        503,
                        "Too many requests at once",
                        "this gateway has as much work under way as it takes; nothing was recorded")
                .retryAfter(1);
    }

    /** This gateway is being shut down; nothing was recorded, and another one takes the vote. */
    public static Problem stopping() {
        return unavailable("this gateway is stopping; nothing was recorded")
                .retryAfter(1)
                .header("Connection", "close");
    }

    public static Problem unavailable(String detail) {
        return of("unavailable", 503, "Not available at the moment", detail).retryAfter(2);
    }

    /** This gateway cannot serve that ballot; one that is set up for it can. */
    public static Problem unserved(String code, String detail) {
        return of(code, 503, "This gateway cannot serve the ballot", detail).retryAfter(30);
    }

    /** An error of the HTTP layer that has no code of its own. */
    public static Problem http(int status, String detail) {
        return switch (status) {
            case 404 -> of("not-found", 404, "There is nothing here", detail);
            case 405 -> of("method-not-allowed", 405, "The method is not allowed here", detail);
            case 406 -> of("not-acceptable", 406, "No acceptable form", detail);
            case 413 -> of("too-large", 413, "The body is too large", detail);
            case 415 -> of("unsupported-media-type", 415, "The body's type is not supported", detail);
            case 503 -> unavailable(detail);
            default ->
                status < 500
                        ? of("malformed-request", status, "The request is malformed", detail)
                        : of("internal-error", 500, "An error on our side", detail);
        };
    }

    /** The same with one more member. */
    Problem with(String member, Object value) {
        Map<String, Object> all = new LinkedHashMap<>(more);
        all.put(member, value);
        return new Problem(code, status, title, detail, all, headers);
    }

    /** The same with one more header. */
    public Problem header(String name, String value) {
        Map<String, String> all = new TreeMap<>(headers);
        all.put(name, value);
        return new Problem(code, status, title, detail, more, all);
    }

    private Problem retryAfter(int seconds) {
        return header("Retry-After", Integer.toString(seconds));
    }

    /** The document, UTF-8. */
    public byte[] json() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", "urn:votelog:problem:" + code);
        document.put("title", title);
        document.put("status", status);
        document.put("detail", detail);
        document.putAll(more);
        return JSON.writeValueAsBytes(document);
    }

    /** This problem as what a pipeline fails with. */
    public ProblemException exception() {
        return new ProblemException(this);
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
