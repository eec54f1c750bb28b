// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

/**
 * Why a ballot file is refused.
 *
 * @param place where, such as {@code sections[1].options[3].id}; {@code ballot} for the file as a whole
 * @param problem what is wrong there and what would be right, in English
 */
public record Fault(String place, String problem) {
    @Override
    public String toString() {
        return place + ": " + problem;
    }
}
