// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

/**
 * How many options may be picked.
 *
 * @param min fewest picks, zero or more
 * @param max most picks, {@code min} or more
 */
public record Range(int min, int max) {
    /** @throws IllegalArgumentException unless {@code 0 <= min <= max} */
    public Range {
        if (min < 0 || max < min) {
            throw new IllegalArgumentException("a range needs 0 <= min <= max, not min " + min + " and max " + max);
        }
    }
}
