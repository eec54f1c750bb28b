// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

/**
 * A reason why a ballot file is refused.
 *
 * @param place of the fault in the file, such as {@code sections[1].options[3].id}; {@code ballot} for the file as a whole
 * @param problem what is wrong there and what would be right, in English
 */
public record Fault(String place, String problem) {
    @Override
    public String toString() {
        return place + ": " + problem;
    }
}
