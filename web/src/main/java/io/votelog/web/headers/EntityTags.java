// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.headers;

import java.util.ArrayList;
import java.util.List;
import org.springframework.http.HttpHeaders;

/**
 * The entity tags that a client names, as in {@code If-None-Match} (RFC 9110, section 13.1.2).
 *
 * @param any whether it names any ({@code *})
 * @param opaque what stands between the quotes of each, weak or not
 */
public record EntityTags(boolean any, List<String> opaque) {
    /** Longest list that is read; what stands behind it, over all lines of the header, is not looked at. */
    static final int MAX_CHARS = 2_048;

    /** Most tags that are read. */
    static final int MAX_TAGS = 64;

    private static final EntityTags NONE = new EntityTags(false, List.of());

    public EntityTags {
        opaque = List.copyOf(opaque);
    }

    /** Those of the request's {@code If-None-Match}. */
    public static EntityTags ifNoneMatch(HttpHeaders request) {
        return parse(request.getOrEmpty(HttpHeaders.IF_NONE_MATCH));
    }

    /** Those of a header with these lines, without what is no tag. */
    static EntityTags parse(List<String> lines) {
        if (lines.isEmpty()) {
            return NONE;
        }
        if (lines.size() == 1 && isAny(lines.get(0))) {
            return new EntityTags(true, List.of());
        }
        List<String> tags = new ArrayList<>();
        int left = MAX_CHARS;
        for (String line : lines) {
            String read = line.length() > left ? line.substring(0, left) : line;
            left -= read.length();
            read(read, tags);
        }
        return new EntityTags(false, tags);
    }

    private static boolean isAny(String line) {
        return line.length() <= MAX_CHARS && line.strip().equals("*");
    }

    private static void read(String line, List<String> tags) {
        int at = 0;
        while (at < line.length() && tags.size() < MAX_TAGS) {
            char c = line.charAt(at);
            if (c == ' ' || c == '\t' || c == ',') {
                at++;
                continue;
            }
            int open = line.startsWith("W/", at) ? at + 2 : at;
            int close = open < line.length() && line.charAt(open) == '"' ? line.indexOf('"', open + 1) : -1;
            int end = endOfElement(line, close < 0 ? at : close + 1);
            if (close >= 0 && line.substring(close + 1, end).isBlank()) {
                tags.add(line.substring(open + 1, close));
            }
            at = end;
        }
    }

    private static int endOfElement(String line, int from) {
        int comma = line.indexOf(',', from);
        return comma < 0 ? line.length() : comma;
    }

    /**
     * Whether the client has this representation, which there is: it names any, or its tag, by the weak comparison.
     *
     * @param entityTag in quotes, weak or not
     */
    public boolean name(String entityTag) {
        if (any) {
            return true;
        }
        int open = entityTag.indexOf('"');
        return opaque.contains(entityTag.substring(open + 1, entityTag.length() - 1));
    }

    /** Whether nothing is named. */
    boolean isEmpty() {
        return !any && opaque.isEmpty();
    }

    /** The same as a well-formed value of the header; empty when nothing is named. */
    String value() {
        return any ? "*" : opaque.isEmpty() ? "" : '"' + String.join("\", \"", opaque) + '"';
    }
}
