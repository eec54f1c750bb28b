// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

/**
 * A value in a valid ballot file that the ballot does not keep exactly as it was written, such as a time that is rounded to the
 * millisecond.
 *
 * @param at the value's place in the file, such as {@code window.closesAt}
 * @param detail an English clause: what was written, and what the ballot has
 */
public record Note(String at, String detail) {}
