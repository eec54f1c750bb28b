/**
 * Writes the counts or the votes of a log to files, for the public or for the operator's analysts. Nothing is compared
 * with what was published.
 */
@NullMarked
package io.votelog.auditor.export;

import org.jspecify.annotations.NullMarked;
