// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

/**
 * A rule that a vote breaks, told to a person.
 *
 * @param code the rule
 * @param detail an English sentence with the figures, such as {@code 11 options are picked; at most 10 are allowed}
 */
public record Violation(Reason code, String detail) {}
