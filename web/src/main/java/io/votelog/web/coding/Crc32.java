// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.coding;

/**
 * The CRC-32 of what is put together from parts, from those of the parts, without reading them again: zlib's {@code crc32_combine_op}.
 *
 * <p>A CRC is the remainder of a polynomial over GF(2), bits reversed: to put {@code n} bytes behind it is to multiply it by {@code
 * x^(8 n)}.
 */
final class Crc32 {
    private static final int POLYNOMIAL = 0xEDB88320;

    /** The polynomial 1. */
    private static final int ONE = 1 << 31;

    /** {@code x^(2^n)} for n from 0 to 31, where they begin anew. */
    private static final int[] SQUARES = squares();

    private Crc32() {}

    /** What a CRC is multiplied by when so many bytes come behind it. */
    static int shift(long bytes) {
        int shift = ONE;
        int power = 3;
        for (long left = bytes; left != 0; left >>>= 1) {
            if ((left & 1) != 0) {
                shift = product(SQUARES[power % SQUARES.length], shift);
            }
            power++;
        }
        return shift;
    }

    /**
     * The CRC of two parts, one behind the other.
     *
     * @param shift by the length of the second
     */
    static int combine(int first, int second, int shift) {
        return product(shift, first) ^ second;
    }

    private static int product(int a, int b) {
        int product = 0;
        int factor = b;
        for (int bit = ONE; bit != 0; bit >>>= 1) {
            if ((a & bit) != 0) {
                product ^= factor;
            }
            factor = (factor & 1) != 0 ? factor >>> 1 ^ POLYNOMIAL : factor >>> 1;
        }
        return product;
    }

    private static int[] squares() {
        int[] squares = new int[32];
        squares[0] = ONE >>> 1;
        for (int n = 1; n < squares.length; n++) {
            squares[n] = product(squares[n - 1], squares[n - 1]);
        }
        return squares;
    }
}
