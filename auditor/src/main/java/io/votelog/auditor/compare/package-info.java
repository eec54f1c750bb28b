/**
 * Compares two logs record by record. What was published about a log is not compared here; {@code replay} does that.
 */
@NullMarked
package io.votelog.auditor.compare;

import org.jspecify.annotations.NullMarked;
