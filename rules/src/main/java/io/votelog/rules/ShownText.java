// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.text.Normalizer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Rules for texts that people are shown. A text must read as it was written, and must not change how the text beside it reads. A ballot
 * that is to be published is held to these rules; a ballot that stands in a log already is not.
 */
public final class ShownText {
    private static final int POP_ISOLATE = 0x2069;

    private ShownText() {}

    /**
     * What is wrong with a text, as a predicate of it; nothing where it may be shown. Refused are embeddings and overrides of the
     * writing direction (U+202A to U+202E), isolates (U+2066 to U+2069) that are not closed within their line or close nothing (UAX
     * #9), and characters that break lines or control a display without being seen. Marks of direction, joiners, and isolates that
     * are closed are part of how languages are written.
     */
    public static Optional<String> faultOf(String text) {
        Deque<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (c == '\n' && !open.isEmpty()) {
                break;
            }
            if (isOverride(c)) {
                return Optional.of(at(text, i)
                        + " it must have no embeddings and overrides of the writing direction; an isolate that is closed, U+2066 to"
                        + " U+2068 with U+2069, serves");
            }
            if (isHidden(c)) {
                return Optional.of(at(text, i) + " it must have no characters that control a display and are not seen");
            }
            if (isIsolate(c)) {
                open.push(i);
            } else if (c == POP_ISOLATE && open.poll() == null) {
                return Optional.of(at(text, i) + " there is no isolate that it could close");
            }
            i += Character.charCount(c);
        }
        if (!open.isEmpty()) {
            return Optional.of(at(text, open.getLast()) + " an isolate must be closed by U+2069 on its line");
        }
        return asSeen(text).isEmpty()
                ? Optional.of("has nothing that can be seen; it must say something")
                : Optional.empty();
    }

    /** Whether a character changes the writing direction around it, or is a control character that nobody sees. */
    static boolean controlsDisplay(int c) {
        return isOverride(c) || isHidden(c) || isIsolate(c) || c == POP_ISOLATE;
    }

    private static boolean isOverride(int c) {
        return c >= 0x202A && c <= 0x202E;
    }

    private static boolean isIsolate(int c) {
        return c >= 0x2066 && c <= 0x2068;
    }

    /** Line and paragraph separators, deprecated format characters, annotations, the byte-order mark, and what is no character. */
    private static boolean isHidden(int c) {
        return c == 0x2028
                || c == 0x2029
                || (c >= 0x206A && c <= 0x206F)
                || c == 0xFEFF
                || (c >= 0xFFF9 && c <= 0xFFFB)
                || (c >= 0xFDD0 && c <= 0xFDEF)
                || (c & 0xFFFE) == 0xFFFE;
    }

    /**
     * The text as an eye can tell it from others in any font. White space of any kind and length, and signs whose shape is empty, become
     * one space. Characters that are not seen, and those that only change how others are shown (joiners, tags), are left out. Letters are
     * composed by Unicode's form NFC.
     */
    static String asSeen(String text) {
        StringBuilder seen = new StringBuilder();
        boolean space = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (Character.isWhitespace(c) || Character.isSpaceChar(c) || DefaultIgnorable.isBlank(c)) {
                space = true;
            } else if (!DefaultIgnorable.contains(c) && !DefaultIgnorable.isFormat(c)) {
                if (space && seen.length() > 0) {
                    seen.append(' ');
                }
                space = false;
                seen.appendCodePoint(c);
            }
        }
        return Normalizer.normalize(seen, Normalizer.Form.NFC);
    }

    private static String at(String text, int index) {
        return "has the character " + Quoting.codePoint(text.codePointAt(index)) + " as its "
                + (text.codePointCount(0, index) + 1) + ". character;";
    }
}
