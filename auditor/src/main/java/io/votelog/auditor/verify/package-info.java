/**
 * Checks a sealed log against the log, and receipts against a sealed log. Writing a sealed log is in {@code seal}; the
 * formats of transparency logs are in {@code tlog}.
 */
@NullMarked
package io.votelog.auditor.verify;

import org.jspecify.annotations.NullMarked;
