// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.headers;

import java.util.ArrayList;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.MimeTypeUtils;

/**
 * The types that a client takes, from its {@code Accept} header (RFC 9110, section 12.5.1).
 *
 * @param given whether the header says anything at all
 * @param ranges those that are well-formed, in the order of the header
 */
public record MediaRanges(boolean given, List<MediaType> ranges) {
    /** Longest header that is read; what stands behind it, over all its lines, is not looked at. */
    static final int MAX_CHARS = 1_024;

    /** Most elements that are looked at; Spring refuses to sort more than 50, by an error. */
    static final int MAX_RANGES = 40;

    /** Those of the request. */
    public static MediaRanges of(HttpHeaders request) {
        boolean given = false;
        List<MediaType> ranges = new ArrayList<>();
        int left = MAX_CHARS;
        int elementsLeft = MAX_RANGES;
        for (String line : request.getOrEmpty(HttpHeaders.ACCEPT)) {
            given |= !line.isBlank();
            boolean whole = line.length() <= left;
            String read = whole ? line : line.substring(0, left);
            left -= read.length();
            List<String> elements = MimeTypeUtils.tokenize(read);
            // An element that is cut off would say something else.
            for (String element : whole || elements.isEmpty() ? elements : elements.subList(0, elements.size() - 1)) {
                if (elementsLeft-- > 0) {
                    add(ranges, element);
                }
            }
        }
        return new MediaRanges(given, ranges);
    }

    /** Whether the header says something, and nothing of it is a range. */
    public boolean malformed() {
        return given && ranges.isEmpty();
    }

    /** How welcome a type is: the quality of the most specific range that includes it, 0 to 1; 0 when none does. */
    public double quality(MediaType type) {
        double quality = 0;
        int specificity = -1;
        for (MediaType range : ranges) {
            int its = range.isWildcardType() ? 0 : range.isWildcardSubtype() ? 1 : 2;
            if (range.includes(type) && its > specificity) {
                specificity = its;
                quality = range.getQualityValue();
            }
        }
        return quality;
    }

    private static void add(List<MediaType> ranges, String element) {
        // Most of what is none is seen without the cost of an exception.
        int slash = element.indexOf('/');
        if (slash < 1
                || slash == element.length() - 1
                || !Weighted.isValue(element.substring(0, slash).strip())) {
            return;
        }
        try {
            ranges.add(MediaType.parseMediaType(element));
        } catch (InvalidMediaTypeException malformed) {
            // It is as good as not there.
        }
    }
}
