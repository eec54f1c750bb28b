// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.votelog.producer.problem.Excerpt;
import io.votelog.producer.problem.Problems;
import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the query of a request that writes something. A request whose parameter is misspelt, has no value or occurs twice is
 * refused, since its sender would believe that the parameter was heard.
 */
public final class QueryParameters {
    private QueryParameters() {}

    /**
     * Requires that a request has no query.
     *
     * @param query the query as it came, percent-encoded; null when there is no question mark
     * @throws ProblemException 400 when there is one
     */
    public static void requireNone(@Nullable String query) {
        fault(query).ifPresent(problem -> {
            throw problem.exception();
        });
    }

    /** The problem of a query where none is allowed; empty when there is none. */
    static Optional<Problem> fault(@Nullable String query) {
        return query == null
                ? Optional.empty()
                : Optional.of(Problems.malformed(
                        query.isEmpty()
                                ? "the query is empty; no query is allowed here"
                                : "the query parameter %s is not known here; none is allowed"
                                        .formatted(quoted(name(query.split("&", 2)[0])))));
    }

    /**
     * Reads the one parameter that a request may have: {@code true} or {@code false}; false when it is absent.
     *
     * @param query the query, as for {@link #requireNone}
     * @throws ProblemException 400 when there is another parameter, or this one occurs twice or has another value
     */
    public static boolean flag(@Nullable String query, String name) {
        if (query == null) {
            return false;
        }
        String allowed = "allowed is %s=true or %s=false, once".formatted(name, name);
        Boolean flag = null;
        for (String parameter : query.split("&", -1)) {
            String given = name(parameter);
            if (!given.equals(name)) {
                throw malformed(given.isEmpty() ? "is empty" : quoted(given) + " is not known here", allowed);
            }
            if (flag != null) {
                throw malformed(quoted(name) + " stands more than once", allowed);
            }
            String value = parameter.substring(Math.min(parameter.length(), parameter.indexOf('=') + 1));
            flag = switch (parameter.indexOf('=') < 0 ? "" : value) {
                case "true" -> true;
                case "false" -> false;
                case "" -> throw malformed(quoted(name) + " has no value", allowed);
                default -> throw malformed(quoted(name) + " is " + quoted(decoded(value)), allowed);
            };
        }
        return Boolean.TRUE.equals(flag);
    }

    private static ProblemException malformed(String what, String allowed) {
        return Problems.malformed("the query parameter %s; %s".formatted(what, allowed))
                .exception();
    }

    private static String name(String parameter) {
        int equals = parameter.indexOf('=');
        return decoded(equals < 0 ? parameter : parameter.substring(0, equals));
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return text;
        }
    }

    private static String quoted(String text) {
        return "'" + Excerpt.of(text).replace('\'', '?') + "'";
    }
}
