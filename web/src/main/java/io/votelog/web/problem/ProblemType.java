// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.problem;

import org.jspecify.annotations.Nullable;

/**
 * A kind of problem (RFC 9457, section 4). Every problem of a type has its status and its title; what is special in one request is
 * said by the detail. Those that both apps tell stand here, so that one code means the same at both.
 *
 * @param code kebab-case; the document's type is {@code urn:votelog:problem:} and the code
 * @param status the HTTP status, 400 to 503
 * @param title for people, a sentence without a full stop
 */
public record ProblemType(String code, int status, String title) {
    /** The request cannot be read, or says what no request may say. */
    public static final ProblemType MALFORMED_REQUEST =
            new ProblemType("malformed-request", 400, "The request is malformed");

    /** A browser sent the request for a page that may not call here; whose pages may is the operator's to say. */
    public static final ProblemType ORIGIN_NOT_ALLOWED =
            new ProblemType("origin-not-allowed", 403, "Pages of this origin may not call");

    /** No ballot of the id in the path is known at this app. */
    public static final ProblemType UNKNOWN_BALLOT = new ProblemType("unknown-ballot", 404, "There is no such ballot");

    /** The path is none of this app's. */
    public static final ProblemType NOT_FOUND = new ProblemType("not-found", 404, "There is nothing here");

    /** The path has other methods; {@code Allow} names them. */
    public static final ProblemType METHOD_NOT_ALLOWED =
            new ProblemType("method-not-allowed", 405, "The method is not allowed here");

    /** The Accept header allows none of the forms that there are. */
    public static final ProblemType NOT_ACCEPTABLE = new ProblemType("not-acceptable", 406, "No acceptable form");

    /** The rest of a request did not come within the time that it may take. */
    public static final ProblemType REQUEST_TIMEOUT =
            new ProblemType("request-timeout", 408, "The request took too long");

    /** The body has more bytes than the route takes. */
    public static final ProblemType TOO_LARGE = new ProblemType("too-large", 413, "The body is too large");

    /** The request line has more bytes than the server reads. */
    public static final ProblemType URI_TOO_LONG = new ProblemType("uri-too-long", 414, "The request line is too long");

    /** The body's Content-Type or Content-Encoding is not one that the route takes. */
    public static final ProblemType UNSUPPORTED_MEDIA_TYPE =
            new ProblemType("unsupported-media-type", 415, "The body's type is not supported");

    /** A client or a user sends more than their share. */
    public static final ProblemType TOO_MANY_REQUESTS =
            new ProblemType("too-many-requests", 429, "Too many requests from one sender");

    /** The headers together have more bytes than the server reads. */
    public static final ProblemType HEADERS_TOO_LARGE =
            new ProblemType("headers-too-large", 431, "The headers are too large");

    /** All that is left to say of a failure that nobody foresaw; the log says more. */
    public static final ProblemType INTERNAL_ERROR = new ProblemType("internal-error", 500, "An error on our side");

    /** As much is under way as an app takes at once, whoever it is from. */
    public static final ProblemType OVERLOADED = new ProblemType("overloaded", 503, "Too many requests at once");

    /** What a problem is called when it is over by itself after a while; its codes are several. */
    public static final String NOT_NOW = "Not available at the moment";

    /**
     * The type of an error of the HTTP layer that has no code of its own.
     *
     * @param status 400 to 499
     */
    public static ProblemType ofStatus(int status) {
        return switch (status) {
            case 404 -> NOT_FOUND;
            case 405 -> METHOD_NOT_ALLOWED;
            case 406 -> NOT_ACCEPTABLE;
            case 413 -> TOO_LARGE;
            case 415 -> UNSUPPORTED_MEDIA_TYPE;
            default -> new ProblemType(MALFORMED_REQUEST.code(), status, MALFORMED_REQUEST.title());
        };
    }

    /**
     * A problem of this type.
     *
     * @param detail what is wrong in this request and what would be right; null when there is nothing to say but the title
     */
    public Problem because(@Nullable String detail) {
        return Problem.of(this, detail);
    }
}
