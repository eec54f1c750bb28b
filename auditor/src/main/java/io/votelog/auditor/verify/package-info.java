/** Checks a sealed log against the log, and receipts against a sealed log. */
@NullMarked
package io.votelog.auditor.verify;

import org.jspecify.annotations.NullMarked;
