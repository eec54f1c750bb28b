// SPDX-License-Identifier: Apache-2.0
/**
 * Puts a copy of a log back onto brokers that have none. Every vote and every ballot gets the offset, the time and
 * the bytes that it had.
 */
@NullMarked
package io.votelog.auditor.restore;

import org.jspecify.annotations.NullMarked;
