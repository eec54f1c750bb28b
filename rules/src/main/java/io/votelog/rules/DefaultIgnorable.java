// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

/**
 * The code points that are shown as nothing where no rule says otherwise: the property {@code Default_Ignorable_Code_Point} of
 * Unicode 14.0 (DerivedCoreProperties.txt, 4,174 code points, those reserved for it included). It is written out here, since Java
 * does not offer the property, and so that gateways on different versions of Java refuse the same. With {@link #isFormat} it holds all
 * of the general category Cf as well.
 */
public final class DefaultIgnorable {
    /** First and last of each range, ascending. */
    private static final int[] RANGES = {
        0x00AD, 0x00AD, 0x034F, 0x034F, 0x061C, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180F, 0x200B, 0x200F,
        0x202A, 0x202E, 0x2060, 0x206F, 0x3164, 0x3164, 0xFE00, 0xFE0F, 0xFEFF, 0xFEFF, 0xFFA0, 0xFFA0, 0xFFF0, 0xFFF8,
        0x1BCA0, 0x1BCA3, 0x1D173, 0x1D17A, 0xE0000, 0xE0FFF
    };

    /**
     * The rest of the general category Cf of Unicode 15.1, first and last of each range, ascending: signs that span numbers, marks of
     * annotations, and controls of hieroglyphs. What is shown of them depends on the font.
     */
    private static final int[] FORMATS = {
        0x0600, 0x0605, 0x06DD, 0x06DD, 0x070F, 0x070F, 0x0890, 0x0891, 0x08E2, 0x08E2, 0xFFF9, 0xFFFB, 0x110BD,
        0x110BD, 0x110CD, 0x110CD, 0x13430, 0x1343F
    };

    /**
     * Signs whose shape is empty, so that they read like a space or like nothing, though Unicode counts them among neither: the empty
     * Braille cell, blanks of hieroglyphs, the filler of the Khitan small script, and the null notehead.
     */
    private static final int[] BLANKS = {0x2800, 0x2800, 0x13441, 0x13442, 0x16FE4, 0x16FE4, 0x1D159, 0x1D159};

    private DefaultIgnorable() {}

    /** Whether the code point is default-ignorable. */
    public static boolean contains(int codePoint) {
        return isIn(RANGES, codePoint);
    }

    /** Whether the code point is a format character (Cf) that is not default-ignorable. */
    public static boolean isFormat(int codePoint) {
        return isIn(FORMATS, codePoint);
    }

    /** Whether the code point is a sign whose shape is empty; it counts as white space. */
    public static boolean isBlank(int codePoint) {
        return isIn(BLANKS, codePoint);
    }

    private static boolean isIn(int[] ranges, int codePoint) {
        for (int i = 0; i < ranges.length; i += 2) {
            if (codePoint < ranges[i]) {
                return false;
            }
            if (codePoint <= ranges[i + 1]) {
                return true;
            }
        }
        return false;
    }
}
