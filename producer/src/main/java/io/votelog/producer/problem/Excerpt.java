// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.problem;

/** What an answer quotes of what a client sent: short, and with nothing in it that no answer can carry or that turns how it is shown. */
public final class Excerpt {
    private static final int MAX_SHOWN = 40;

    private Excerpt() {}

    /**
     * The first {@value #MAX_SHOWN} characters, whole ones, with an ellipsis where there are more. Control and format characters, line
     * separators and halves of surrogate pairs are question marks.
     */
    public static String of(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(MAX_SHOWN).map(Excerpt::shown).forEach(shown::appendCodePoint);
        return shown.length() < text.length() ? shown.append('…').toString() : shown.toString();
    }

    private static int shown(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> '?';
            default -> c;
        };
    }
}
