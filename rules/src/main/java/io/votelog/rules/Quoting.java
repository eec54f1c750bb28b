// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values that strangers sent, as a sentence for people quotes them: shortened to 64 characters, and with control characters written as
 * their code points, so that a value cannot change how the sentence around it is shown.
 */
final class Quoting {
    private static final int MAX_SHOWN = 64;
    private static final int MAX_SHOWN_BITS = 64;

    private Quoting() {}

    /** What a value is, such as {@code the number 1} or {@code a list}. What a list or a group of fields contains is not looked at. */
    static String described(@Nullable Object value) {
        if (value == null) {
            return "empty";
        } else if (value instanceof String text) {
            return quoted(text);
        } else if (value instanceof BigInteger number && number.bitLength() > MAX_SHOWN_BITS) {
            return "a very large number";
        } else if (value instanceof Integer
                || value instanceof Long
                || value instanceof Double
                || value instanceof BigInteger) {
            return "the number " + value;
        } else if (value instanceof Number) {
            return "a number";
        } else if (value instanceof Boolean) {
            return "the truth value " + value;
        } else if (value instanceof List) {
            return "a list";
        } else if (value instanceof Map) {
            return "a group of fields";
        } else {
            return "a value of the type " + value.getClass().getSimpleName();
        }
    }

    /** The text as {@link #shown} gives it, in double quotes. */
    static String quoted(String text) {
        return '"' + shown(text) + '"';
    }

    /** The text, cut after 64 characters (UTF-16), with {@code …} where something was cut off. */
    static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        int end = Math.min(text.length(), MAX_SHOWN);
        for (int i = 0; i < end; ) {
            int c = text.codePointAt(i);
            if (isUnprintable(c) || ShownText.controlsDisplay(c)) {
                shown.append(codePoint(c));
            } else {
                shown.appendCodePoint(c);
            }
            i += Character.charCount(c);
        }
        return end < text.length() ? shown.append('…').toString() : shown.toString();
    }

    /** Whether a code point is a control character, or half of a surrogate pair, which no encoding of Unicode can carry. */
    static boolean isUnprintable(int codePoint) {
        return Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.SURROGATE;
    }

    /** A code point in Unicode's notation, such as {@code U+0009}. */
    static String codePoint(int c) {
        return String.format("U+%04X", c);
    }
}
