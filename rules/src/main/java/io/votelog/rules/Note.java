// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

/**
 * What was understood otherwise than it was written, in a file that is a ballot.
 *
 * @param at where, such as {@code window.closesAt}
 * @param detail what stood there and what it was taken for, in English
 */
public record Note(String at, String detail) {}
