// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.problem;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Why a request is refused, as an RFC 9457 problem document.
 *
 * @param type what is the same in all problems of its kind: code, status and title
 * @param detail what is wrong in this request and what would be right; null when there is nothing to say but the title
 * @param more members beyond those of the RFC, in their order
 * @param headers HTTP headers that belong to the answer
 */
public record Problem(
        ProblemType type, @Nullable String detail, Map<String, Object> more, Map<String, String> headers) {
    /** The type of a problem document (RFC 9457, section 6.1). */
    public static final String MEDIA_TYPE = "application/problem+json";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static Problem of(ProblemType type, @Nullable String detail) {
        return new Problem(type, detail, Map.of(), Map.of());
    }

    /** The code of its type. */
    public String code() {
        return type.code();
    }

    /** The HTTP status. */
    public int status() {
        return type.status();
    }

    /** The same with one more member. */
    public Problem with(String member, Object value) {
        Map<String, Object> all = new LinkedHashMap<>(more);
        all.put(member, value);
        return new Problem(type, detail, all, headers);
    }

    /** The same with one more header. */
    public Problem header(String name, String value) {
        return headers(Map.of(name, value));
    }

    /** The same with these headers too. */
    public Problem headers(Map<String, String> further) {
        Map<String, String> all = new TreeMap<>(headers);
        all.putAll(further);
        return new Problem(type, detail, more, all);
    }

    /**
     * The same, with the time after which the request may be sent again.
     *
     * @param seconds at least 1
     */
    public Problem retryAfter(int seconds) {
        return header("Retry-After", Integer.toString(seconds));
    }

    /** The document, UTF-8. */
    public byte[] json() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", "urn:votelog:problem:" + type.code());
        document.put("title", type.title());
        document.put("status", type.status());
        if (detail != null) {
            document.put("detail", detail);
        }
        document.putAll(more);
        return JSON.writeValueAsBytes(document);
    }

    /** This problem as what the handling of a request ends with. */
    public ProblemException exception() {
        return new ProblemException(this);
    }
}
