// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.crypto;

import io.votelog.rules.DefaultIgnorable;
import io.votelog.web.problem.ProblemException;
import java.text.Normalizer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A user's id, as a token or a station's line has it: 1 to {@value #MAX_CHARS} UTF-16 units. Two ids are the same user exactly
 * when all their code points are equal: case counts, and nothing is trimmed, folded or normalised. An id is refused if it
 * contains what would make it read like another id: white space (signs whose shape is empty too) at either end, twice in a row, or
 * other than U+0020; control characters; characters that Unicode calls default-ignorable; format characters; halves of
 * surrogate pairs; noncharacters; and text that is not in Unicode's Normalization Form C. Different letters that look alike are
 * accepted.
 */
public final class UserId {
    /** Most UTF-16 units of an id. */
    public static final int MAX_CHARS = 255;

    private final String text;

    private UserId(String text) {
        this.text = text;
    }

    /**
     * Reads an id.
     *
     * @param refused makes the exception from a fault. The fault is a clause whose subject is the id ("has white space, …"), in
     *     ASCII; it names the character, its place counted from 1 in code points, and what would be right
     */
    public static UserId of(String text, Function<String, ProblemException> refused) {
        @Nullable String fault = fault(text);
        if (fault != null) {
            throw refused.apply(fault);
        }
        return new UserId(text);
    }

    /** What is wrong with the text, or null when it is an id. */
    public static @Nullable String fault(String text) {
        int length = text.length();
        if (length == 0 || length > MAX_CHARS) {
            return "must have 1 to %d characters, and has %d".formatted(MAX_CHARS, length);
        }
        // Most ids are visible ASCII alone, and are done here.
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7F) {
                return faultOfCharacters(text);
            }
        }
        return null;
    }

    private static @Nullable String faultOfCharacters(String text) {
        int place = 0;
        int before = ' ';
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            place++;
            String fault = fault(c, before, place == 1, i == text.length());
            if (fault != null) {
                return "has " + at(c, place) + ", " + fault;
            }
            before = c;
        }
        return Normalizer.isNormalized(text, Normalizer.Form.NFC) ? null : faultOfForm(text);
    }

    private static @Nullable String fault(int c, int before, boolean first, boolean last) {
        if (isWhiteSpace(c)) {
            if (first || last) {
                return "white space, at its %s: send it without".formatted(first ? "beginning" : "end");
            }
            if (c != ' ') {
                return "white space of a kind that cannot be told from a space: send U+0020 there";
            }
            return before == ' ' ? "a space after a space: send one" : null;
        }
        if (c < ' ' || (c >= 0x7F && c < 0xA0)) {
            return "a control character: send it without";
        }
        if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
            return "half of a surrogate pair, which is no character: send the whole pair";
        }
        if (DefaultIgnorable.contains(c)) {
            return "which nobody can see (a default-ignorable code point): send it without";
        }
        if (DefaultIgnorable.isFormat(c)) {
            return "which marks how others are shown (a format character): send it without";
        }
        if ((c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF)) {
            return "which is no character in Unicode: send it without";
        }
        return null;
    }

    /** The fault of a text that is not in Normalization Form C, with the place where it departs from it. */
    private static String faultOfForm(String text) {
        String right = Normalizer.normalize(text, Normalizer.Form.NFC);
        int at = 0;
        int place = 1;
        while (at < Math.min(text.length(), right.length()) && text.codePointAt(at) == right.codePointAt(at)) {
            at += Character.charCount(text.codePointAt(at));
            place++;
        }
        return "is not in Unicode's Normalization Form C: it has %s, where that form has U+%04X: send it in that form"
                .formatted(at(text.codePointAt(at), place), right.codePointAt(at));
    }

    private static String at(int c, int place) {
        return "U+%04X as character %d".formatted(c, place);
    }

    /** Unicode's property White_Space, and signs whose shape is empty. */
    private static boolean isWhiteSpace(int c) {
        return c == ' '
                || (c >= 0x09 && c <= 0x0D)
                || c == 0x85
                || c == 0xA0
                || c == 0x1680
                || (c >= 0x2000 && c <= 0x200A)
                || c == 0x2028
                || c == 0x2029
                || c == 0x202F
                || c == 0x205F
                || c == 0x3000
                || DefaultIgnorable.isBlank(c);
    }

    /** The id as it was sent. */
    public String text() {
        return text;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UserId that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The id as it was sent. */
    @Override
    public String toString() {
        return text;
    }
}
