// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.headers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * One element of a list in which a client says what it would rather have, as in {@code Accept-Language: zh, en;q=0.8} (RFC 9110,
 * section 12.4.2).
 *
 * @param value in lower case, without its weight
 * @param thousandths its weight, 0 to 1,000; 0 says that it is not wanted
 */
record Weighted(String value, int thousandths) {
    /** Longest list that is read; what stands behind it, over all lines of the header, is not looked at. */
    static final int MAX_CHARS = 1_024;

    /** Most elements that are read. */
    static final int MAX_ELEMENTS = 64;

    private static final int WHOLE = 1_000;

    /** The elements in the order of the header, without those that are malformed. */
    static List<Weighted> list(List<String> lines) {
        List<Weighted> elements = new ArrayList<>();
        int left = MAX_CHARS;
        for (String line : lines) {
            int end = Math.min(line.length(), left);
            left -= end;
            int at = 0;
            while (at < end && elements.size() < MAX_ELEMENTS) {
                int comma = line.indexOf(',', at);
                int elementEnd = comma < 0 ? line.length() : comma;
                if (elementEnd > end) {
                    // An element that is cut off would say something else.
                    break;
                }
                add(elements, line.substring(at, elementEnd));
                at = elementEnd + 1;
            }
        }
        return elements;
    }

    /** The values that are wanted, the most wanted first, those of one weight in the order of the header. */
    static List<String> wanted(List<String> lines) {
        return list(lines).stream()
                .filter(element -> element.thousandths > 0)
                .sorted(Comparator.comparingInt(Weighted::thousandths).reversed())
                .map(Weighted::value)
                .toList();
    }

    private static void add(List<Weighted> elements, String element) {
        int semicolon = element.indexOf(';');
        String value = (semicolon < 0 ? element : element.substring(0, semicolon)).strip();
        int weight =
                semicolon < 0 ? WHOLE : weight(element.substring(semicolon + 1).strip());
        if (isValue(value) && weight >= 0) {
            elements.add(new Weighted(value.toLowerCase(Locale.ROOT), weight));
        }
    }

    /** Letters, digits, dashes and the rest that a token may have (RFC 9110, section 5.6.2). */
    static boolean isValue(String value) {
        return !value.isEmpty()
                && value.chars().allMatch(c -> c > ' ' && c < 127 && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0);
    }

    /** The weight in {@code q=0.125}, in thousandths: at most three digits after the point; -1 when it is none. */
    private static int weight(String parameter) {
        if (!parameter.regionMatches(true, 0, "q=", 0, 2) || parameter.length() < 3 || parameter.length() > 7) {
            return -1;
        }
        int whole = parameter.charAt(2) - '0';
        if (whole < 0 || whole > 1 || (parameter.length() > 3 && parameter.charAt(3) != '.')) {
            return -1;
        }
        int thousandths = whole * WHOLE;
        int place = WHOLE / 10;
        for (int at = 4; at < parameter.length(); at++) {
            int digit = parameter.charAt(at) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            thousandths += digit * place;
            place /= 10;
        }
        return thousandths > WHOLE ? -1 : thousandths;
    }
}
